//! Every duration of the program, and the bounds that two places must agree about. What must fit together is asserted at the
//! end: a value that does not fit does not compile.
//!
//! The length limits of one parser stay beside that parser.

use crate::base::Seconds;

// Codes and tokens.

/// How long an authorization code can be redeemed (OAuth 2.1 section 4.1.2 recommends at most ten minutes, FAPI 2.0 demands
/// one).
pub const CODE: Seconds = Seconds::minutes(1);

/// How long after the code's expiry a family's row stays, so that a late replay of the code is still recognised.
pub const CODE_REPLAY: Seconds = Seconds::minutes(5);

/// How long after it was made a code is certainly of no use to anybody: its rows may go.
pub const CODE_ROWS: Seconds = Seconds::minutes(6);

/// How long an access token lives unless its API or its client says otherwise.
pub const ACCESS_TOKEN: Seconds = Seconds::hours(1);

/// The shortest life of an access token that can be configured.
pub const SHORTEST_ACCESS_TOKEN: Seconds = Seconds::minutes(1);

/// The longest life of an access token that can be configured: it is not revoked everywhere before it ends.
pub const LONGEST_ACCESS_TOKEN: Seconds = Seconds::DAY;

/// How long an ID token can be used to sign in.
pub const ID_TOKEN: Seconds = Seconds::minutes(10);

/// How long a logout token is good (OpenID Connect Back-Channel Logout section 2.4 recommends at most two minutes).
pub const LOGOUT_TOKEN: Seconds = Seconds::minutes(2);

/// How long after each failed attempt a client is told of a logout again; after the last, it is not.
pub const LOGOUT_RETRIES: [Seconds; 4] =
    [Seconds::minutes(1), Seconds::minutes(5), Seconds::minutes(30), Seconds::hours(2)];

/// The longest pause between two uses of a refresh token.
pub const REFRESH_IDLE: Seconds = Seconds::days(30);

/// The longest time that a family can be refreshed.
pub const REFRESH_ABSOLUTE: Seconds = Seconds::days(365);

/// The longest life of a family. Its id begins with the end, which orders the rows.
pub const FAMILY: Seconds = Seconds::days(367);

/// How old the mark of a family without rotation becomes before a use renews it; half of a shorter idle time.
pub const REFRESH_MARK: Seconds = Seconds::DAY;

/// How long the answer to a refresh is repeated to a client that presents the same token again: parallel tabs, and answers
/// that were lost on the way.
pub const CONVERGENCE: Seconds = Seconds::minutes(1);

/// How long after its first use a token may still replace a successor that was never presented.
pub const RECOVERY: Seconds = Seconds::DAY;

// Browsers and signing in.

/// How long a session lasts.
pub const SESSION: Seconds = Seconds::hours(12);

/// How long ago a sign-in is recent enough for changes to an account.
pub const RECENT_SIGN_IN: Seconds = Seconds::minutes(15);

/// How long the cookie of a browser in which nobody is signed in is good.
pub const BROWSER: Seconds = Seconds::DAY;

/// How long a browser is remembered after the last sign-in.
pub const DEVICE: Seconds = Seconds::days(365);

/// How long a user may take to sign in and to consent.
pub const INTERACTION: Seconds = Seconds::minutes(30);

/// How long a user can be sent to an address that the facade made.
pub const LINK: Seconds = Seconds::hours(1);

/// How long a developer may take to fill in the form of a new app.
pub const NEW_APP: Seconds = Seconds::hours(12);

/// How long a page says that something has just been done.
pub const NOTICE: Seconds = Seconds::minutes(1);

/// When every failed sign-in is answered, in milliseconds after the request arrived. It is longer than lookup, hashing and
/// comparison take, so the time of the answer does not tell which of them was done.
pub const FAILED_SIGN_IN_MILLISECONDS: u32 = 800;

/// The time in which failures of one place are counted.
pub const PLACE_WINDOW: Seconds = Seconds::minutes(15);

/// How long the first lock of a place lasts; each one after it twice as long, up to [`LONGEST_LOCK`].
pub const FIRST_LOCK: Seconds = Seconds::minutes(15);

/// The longest lock of a place.
pub const LONGEST_LOCK: Seconds = Seconds::DAY;

/// The time in which an isolate counts the failures of one network over all accounts.
pub const SPRAY_WINDOW: Seconds = Seconds::minutes(10);

/// The time in which failures of all strangers together are counted; that lock lasts as long.
pub const STRANGERS_WINDOW: Seconds = Seconds::hours(1);

/// How long after its last failure and its last lock a place is forgotten.
pub const LOCKOUT_MEMORY: Seconds = Seconds::DAY;

/// How long after a lock no other one is shown to the user: strangers who guess must not be able to push out other events.
pub const BETWEEN_LOCK_EVENTS: Seconds = Seconds::DAY;

// Clients.

/// How far ahead an assertion may expire: its `jti` is remembered for that long. Stock libraries make assertions that live an
/// hour.
pub const LONGEST_ASSERTION: Seconds = Seconds::hours(1);

/// How long an earlier client secret works beside the one that a developer makes.
pub const SECRET_OVERLAP: Seconds = Seconds::DAY;

/// The longest time for which an earlier client secret may stay good.
pub const LONGEST_SECRET_OVERLAP: Seconds = Seconds::days(30);

/// How long a registration access token opens. It ends earlier with its client, or when the registry no longer knows its id.
pub const REGISTRATION_ACCESS: Seconds = Seconds::days(10 * 365);

/// How long a client that registered itself may go unused, and how long its registration counts.
pub const UNUSED_CLIENT: Seconds = Seconds::DAY;

/// The time of the narrower limit on clients that register themselves.
pub const REGISTRATIONS_WINDOW: Seconds = Seconds::hours(1);

/// The shortest pause between two rounds that delete unused clients.
pub const BETWEEN_DELETIONS: Seconds = Seconds::minutes(1);

/// How many registered clients are listed unless the request says otherwise.
pub const CLIENTS_PAGE: u32 = 20;

/// The most registered clients that are listed at once, by the endpoint and by the registry.
pub const LONGEST_CLIENTS_PAGE: u32 = 100;

// What is remembered outside of objects.

/// How long a client record in KV is believed. It is put again whenever its client changes, and whenever it is older than this: so
/// access to KV alone can bring back no record of a client that is older.
pub const CLIENT_RECORD: Seconds = Seconds::days(7);

/// How long a location of the network keeps what it read from KV. It is the least that KV takes.
pub const KV_CACHE: Seconds = Seconds::new(30);

/// How often a change that takes nothing away is put into KV.
pub const BETWEEN_PUTS: Seconds = Seconds::minutes(1);

/// How long after the first failure a put into KV is tried again; each time after it twice as long, up to [`ALARM_RETRY`].
pub const FIRST_PUT_RETRY: Seconds = Seconds::new(5);

/// How often the health check writes to KV, which has a thousand free writes a day.
pub const BETWEEN_KV_CHECKS: Seconds = Seconds::minutes(30);

/// How long what the health check writes stays in KV. It is the least that KV takes.
pub const KV_CHECK: Seconds = Seconds::minutes(1);

/// How long KV may take to answer a read, in milliseconds. Then the registry is asked.
pub const KV_READ_MILLISECONDS: u32 = 1_500;

/// How long KV may take to answer a put.
pub const KV_WRITE: Seconds = Seconds::new(10);

/// How long KV is not read again after it did not answer a read.
pub const AFTER_FAILED_READ: Seconds = Seconds::new(10);

/// How long a put into KV takes to be seen everywhere.
pub const KV_PUT: Seconds = Seconds::minutes(1);

/// How old a record in KV must be before one that is missing there is put again: before that, missing it proves nothing.
pub const REPUBLISH: Seconds = Seconds::minutes(2);

/// How long an isolate answers from what it remembers of a client.
pub const CLIENT_IN_MEMORY: Seconds = Seconds::new(30);

/// The time in which an isolate counts what anybody can make it ask of the registry.
pub const QUESTIONS_WINDOW: Seconds = Seconds::new(10);

/// How long a request to another server may take, the body of its answer included.
pub const OUTBOUND: Seconds = Seconds::new(3);

/// How often a request looks whether another one has fetched the document that both need, in milliseconds.
pub const LOOK_MILLISECONDS: u32 = 50;

/// The shortest time for which a document of another server is kept, which protects that server.
pub const SHORTEST_DOCUMENT: Seconds = Seconds::minutes(1);

/// How long a document is kept of which its server says nothing.
pub const DOCUMENT: Seconds = Seconds::minutes(5);

/// The longest time for which a document is kept, which ends a key that its owner has withdrawn.
pub const LONGEST_DOCUMENT: Seconds = Seconds::hours(1);

/// How long a document is not fetched again for something that it does not say.
pub const BETWEEN_FETCHES: Seconds = Seconds::minutes(1);

/// How long a server is not asked again after it did not answer with a document.
pub const AFTER_FAILED_FETCH: Seconds = Seconds::new(10);

// What browsers and clients keep of our answers.

/// How long the metadata and the public keys may be kept. A key is published a day before it first signs.
pub const KEYS_PUBLISHED: Seconds = Seconds::minutes(5);

/// How long the catalogue of apps may be kept.
pub const CATALOGUE_PUBLISHED: Seconds = Seconds::minutes(1);

/// How long a browser may keep the icon of the pages.
pub const ICON: Seconds = Seconds::DAY;

/// How long the answer to a preflight request may be kept (Fetch Standard section 3.3.3).
pub const PREFLIGHT: Seconds = Seconds::DAY;

/// For how long browsers must use https alone (RFC 6797): two years, as the preload list recommends.
pub const HTTPS_ALONE: &str = "max-age=63072000; includeSubDomains";

// Objects.

/// How long names are kept for a change that is under way.
pub const LEASE: Seconds = Seconds::minutes(10);

/// How long before the end of a lease an account stops relying on it: the clocks of different objects disagree.
pub const LEASE_MARGIN: Seconds = Seconds::minutes(1);

/// How long after its assertion has expired a row stays: the clocks of the platform's machines disagree.
pub const ASSERTION_MARGIN: Seconds = Seconds::minutes(1);

/// How far in the future a value may say that it was sealed: the clocks of different machines disagree.
pub const SEALED_AHEAD: Seconds = Seconds::new(10);

/// How far a client's clock may be ahead of ours. FAPI 2.0 Security Profile section 5.3.2.1: 10 s must be accepted, more
/// than 60 s must not.
pub const CLIENT_AHEAD: Seconds = Seconds::new(30);

/// How long an object may take to answer, in milliseconds.
pub const OBJECT_MILLISECONDS: u32 = 5_000;

/// How often an object removes what has expired.
pub const BETWEEN_SWEEPS: Seconds = Seconds::DAY;

/// How long after a failure an alarm tries again.
pub const ALARM_RETRY: Seconds = Seconds::minutes(1);

const _: () = {
    // A code is of use to nobody when its rows go. A family ends, by its id, only after the last token that it can issue.
    assert!(CODE.plus(CODE_REPLAY).get() <= CODE_ROWS.get());
    assert!(CODE.plus(REFRESH_ABSOLUTE).plus(LONGEST_ACCESS_TOKEN).get() <= FAMILY.get());
    // A change that was begun with a code or a form can be completed before another one gets the names.
    assert!(CODE.plus(LEASE_MARGIN).get() < LEASE.get());
    assert!(LEASE_MARGIN.get() > 2 * (OBJECT_MILLISECONDS / 1_000));
    // Tokens: the usual ones are possible ones, and what is repeated or recovered is still alive.
    assert!(SHORTEST_ACCESS_TOKEN.get() <= ACCESS_TOKEN.get() && ACCESS_TOKEN.get() <= LONGEST_ACCESS_TOKEN.get());
    assert!(CONVERGENCE.get() < RECOVERY.get() && RECOVERY.get() < REFRESH_IDLE.get());
    assert!(REFRESH_IDLE.plus(REFRESH_MARK).get() < REFRESH_ABSOLUTE.get());
    assert!(LOGOUT_TOKEN.get() <= 120);
    // The browser's cookie holds a session and an interaction for as long as they last.
    assert!(INTERACTION.get() <= BROWSER.get() && SESSION.get() <= BROWSER.get() && BROWSER.get() <= DEVICE.get());
    assert!(RECENT_SIGN_IN.get() <= SESSION.get() && NEW_APP.get() <= SESSION.get());
    assert!(FAILED_SIGN_IN_MILLISECONDS < OBJECT_MILLISECONDS);
    // A place is remembered as long as it is counted, and a lock as long as the next one depends on it.
    assert!(FIRST_LOCK.get() <= LONGEST_LOCK.get() && PLACE_WINDOW.get() <= LOCKOUT_MEMORY.get());
    assert!(STRANGERS_WINDOW.get() <= LOCKOUT_MEMORY.get() && FIRST_LOCK.get() <= LOCKOUT_MEMORY.get());
    // A client that registered itself has the time to sign its first user in.
    assert!(INTERACTION.plus(CODE).get() < UNUSED_CLIENT.get() && REGISTRATIONS_WINDOW.get() <= UNUSED_CLIENT.get());
    assert!(BETWEEN_DELETIONS.get() < UNUSED_CLIENT.get() && CLIENTS_PAGE <= LONGEST_CLIENTS_PAGE);
    assert!(SECRET_OVERLAP.get() <= LONGEST_SECRET_OVERLAP.get());
    // A record that is missing in KV is put again only when it should have been there by now.
    assert!(KV_PUT.plus(KV_CACHE).get() <= REPUBLISH.get());
    // A request that KV does not answer still has the time to ask the registry.
    assert!(KV_READ_MILLISECONDS < OBJECT_MILLISECONDS && FIRST_PUT_RETRY.get() <= ALARM_RETRY.get());
    // What an isolate remembers is younger than what it may be used for.
    assert!(CLIENT_IN_MEMORY.get() <= KV_PUT.get() && CLIENT_IN_MEMORY.get() < CLIENT_RECORD.get());
    // A server is asked again only when the request before has ended.
    assert!(OUTBOUND.get() < AFTER_FAILED_FETCH.get() && AFTER_FAILED_FETCH.get() <= BETWEEN_FETCHES.get());
    assert!(LOOK_MILLISECONDS < OUTBOUND.get() * 1_000);
    assert!(SHORTEST_DOCUMENT.get() <= DOCUMENT.get() && DOCUMENT.get() <= LONGEST_DOCUMENT.get());
    // Clocks: a row outlives what it is there for by more than any clock is off.
    assert!(CLIENT_AHEAD.get() >= 10 && CLIENT_AHEAD.get() <= 60);
    assert!(SEALED_AHEAD.get() < ASSERTION_MARGIN.get() && SEALED_AHEAD.get() < LEASE_MARGIN.get());
    assert!(SEALED_AHEAD.get() < CODE_REPLAY.get());
    // The sweep that a row asks for when it is written removes that row: it is after the row's expiry and the margin.
    assert!(LONGEST_ASSERTION.plus(CLIENT_AHEAD).plus(ASSERTION_MARGIN).get() <= BETWEEN_SWEEPS.get());
    assert!(SESSION.get() <= BETWEEN_SWEEPS.get() && CODE.plus(CODE_REPLAY).get() <= BETWEEN_SWEEPS.get());
};
