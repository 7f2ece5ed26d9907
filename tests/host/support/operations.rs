//! What can happen to an account, and how often it is generated.

use proptest::prelude::*;
use proptest::sample::{Index, select};

pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 86_400;

/// One of several: the newest, which is the usual case, or any.
#[derive(Clone, Debug)]
pub enum Pick {
    Newest,
    Any(Index),
}

/// What happens to a command on its way.
#[derive(Clone, Copy, Debug)]
pub enum Delivery {
    Once,
    /// The reply is lost inside the platform and the Worker asks again, as the same attempt.
    Twice,
    /// The database fails after so many statements, and the Worker asks again.
    Fails(u32),
}

/// Which token of a family.
#[derive(Clone, Debug)]
pub enum Token {
    Current,
    BeforeCurrent,
    Any(Index),
    NeverIssued(u32),
}

#[derive(Clone, Debug)]
pub enum Presented {
    Access(Pick),
    Refresh(Token),
}

/// What a code allows.
#[derive(Clone, Debug)]
pub struct Terms {
    pub client: usize,
    pub offline: bool,
    /// Absolute and idle lifetime of refresh tokens, if there are any.
    pub refresh: Option<(u32, u32)>,
    pub access: u32,
    pub scopes: &'static str,
}

/// One step of a sequence. Whatever is picked comes from all that was ever issued.
#[derive(Clone, Debug)]
pub enum Op {
    /// A session unless one is to be reused, a consent, a code, and its tokens.
    SignIn {
        opens: Option<i64>,
        terms: Terms,
    },
    Authorize {
        session: Pick,
        grant: Pick,
        terms: Terms,
        family_of: Option<Index>,
    },
    Redeem {
        code: Pick,
        other_client: bool,
    },
    /// Tokens of a family are presented.
    Present(Pick, Act),
    OpenSession {
        lifetime: i64,
    },
    EndSession {
        session: Pick,
    },
    AddGrant {
        session: Pick,
        client: usize,
        scopes: &'static str,
    },
    Disconnect {
        client: usize,
    },
    RaiseEpoch,
    SetActive(bool),
    Create,
    Sweep {
        limit: u32,
        goes_on: bool,
    },
    /// The last command once more, as the same attempt.
    Again,
    Wait(i64),
    /// One of the next moments at which anything changes by itself, or the second before or after.
    Until {
        moment: Index,
        off: i64,
    },
}

/// What is done with a token.
#[derive(Clone, Debug)]
pub enum Act {
    Refresh {
        token: Token,
        rotates: bool,
        other_client: bool,
    },
    /// The same token so many times in one second, or each time the one that was answered.
    Burst {
        token: Token,
        times: usize,
        follows: bool,
    },
    Inspect(Presented),
    Revoke {
        presented: Presented,
        other_client: bool,
    },
}

fn picks() -> impl Strategy<Value = Pick> {
    prop_oneof![3 => Just(Pick::Newest), 1 => any::<Index>().prop_map(Pick::Any)]
}

fn tokens() -> impl Strategy<Value = Token> {
    prop_oneof![
        12 => Just(Token::Current),
        6 => Just(Token::BeforeCurrent),
        3 => any::<Index>().prop_map(Token::Any),
        1 => select(vec![1, 2, u32::MAX]).prop_map(Token::NeverIssued),
    ]
}

fn presented() -> impl Strategy<Value = Presented> {
    prop_oneof![picks().prop_map(Presented::Access), tokens().prop_map(Presented::Refresh)]
}

fn scope_lists() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just("openid"), 1 => Just("openid rooms.read"), 1 => Just("rooms.read openid rooms.write")]
}

fn terms() -> impl Strategy<Value = Terms> {
    const LIFETIMES: [u32; 8] = [1, 61, 3_600, 86_400, 2_592_000, 2_592_000, 31_536_000, 31_536_000];
    const IDLE: [u32; 14] =
        [0, 1, 3, 60, 121, 3_600, 86_400, 172_800, 1_209_600, 1_209_600, 1_209_600, 1_209_600, 2_592_000, 2_592_000];
    let (absolute, idle) = (select(&LIFETIMES[..]), select(&IDLE[..]));
    let refresh = prop_oneof![1 => Just(None), 9 => (absolute, idle).prop_map(Some)];
    let access = select(vec![0, 1, 300, 600, 3_600, 86_400]);
    (0..3_usize, any::<bool>(), refresh, access, scope_lists())
        .prop_map(|(client, offline, refresh, access, scopes)| Terms { client, offline, refresh, access, scopes })
}

fn sessions() -> impl Strategy<Value = i64> {
    prop_oneof![1 => select(vec![1, 60, HOUR, 12 * HOUR, DAY]), 3 => Just(14 * DAY), 3 => Just(60 * DAY)]
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        20 => (tokens(), prop::bool::weighted(0.85), rarely())
            .prop_map(|(token, rotates, other_client)| Act::Refresh { token, rotates, other_client }),
        2 => (tokens(), 2..20_usize, prop::bool::weighted(0.3))
            .prop_map(|(token, times, follows)| Act::Burst { token, times, follows }),
        5 => presented().prop_map(Act::Inspect),
        2 => (presented(), rarely()).prop_map(|(presented, other_client)| Act::Revoke { presented, other_client }),
    ]
}

fn rarely() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.05)
}

pub fn ops() -> impl Strategy<Value = Op> {
    const WAITS: [i64; 14] = [0, 1, 2, 29, 59, 60, 61, 299, 300, 301, HOUR, DAY - 1, DAY, DAY + 1];
    prop_oneof![
        6 => (prop::option::weighted(0.5, sessions()), terms()).prop_map(|(opens, terms)| Op::SignIn { opens, terms }),
        3 => (picks(), picks(), terms(), prop::option::weighted(0.1, any::<Index>()))
            .prop_map(|(session, grant, terms, family_of)| Op::Authorize { session, grant, terms, family_of }),
        5 => (picks(), rarely()).prop_map(|(code, other_client)| Op::Redeem { code, other_client }),
        40 => (picks(), acts()).prop_map(|(family, act)| Op::Present(family, act)),
        1 => sessions().prop_map(|lifetime| Op::OpenSession { lifetime }),
        1 => picks().prop_map(|session| Op::EndSession { session }),
        1 => (picks(), 0..3_usize, scope_lists())
            .prop_map(|(session, client, scopes)| Op::AddGrant { session, client, scopes }),
        1 => (0..3_usize).prop_map(|client| Op::Disconnect { client }),
        1 => Just(Op::RaiseEpoch),
        2 => prop::bool::weighted(0.8).prop_map(Op::SetActive),
        1 => Just(Op::Create),
        2 => (select(vec![1, 2, 3, 50]), any::<bool>()).prop_map(|(limit, goes_on)| Op::Sweep { limit, goes_on }),
        2 => Just(Op::Again),
        10 => select(&WAITS[..]).prop_map(Op::Wait),
        10 => (any::<Index>(), -1..=1_i64).prop_map(|(moment, off)| Op::Until { moment, off }),
    ]
}

/// The long life of one family after another: refreshes and time, and nothing that ends it from outside.
pub fn rotations() -> impl Strategy<Value = Op> {
    let terms =
        Terms { client: 0, offline: true, refresh: Some((31_536_000, 1_209_600)), access: 600, scopes: "openid" };
    let near = prop_oneof![8 => Just(Token::Current), 8 => Just(Token::BeforeCurrent), 1 => tokens()];
    prop_oneof![
        3 => Just(Op::SignIn { opens: None, terms }),
        12 => (near, prop::bool::weighted(0.9)).prop_map(|(token, rotates)| {
            Op::Present(Pick::Newest, Act::Refresh { token, rotates, other_client: false })
        }),
        2 => acts().prop_map(|act| Op::Present(Pick::Newest, act)),
        6 => (any::<Index>(), -1..=1_i64).prop_map(|(moment, off)| Op::Until { moment, off }),
        3 => select(&[1, 60, HOUR, DAY / 2][..]).prop_map(Op::Wait),
    ]
}

pub fn deliveries() -> impl Strategy<Value = Delivery> {
    prop_oneof![
        16 => Just(Delivery::Once),
        1 => Just(Delivery::Twice),
        1 => (0..8_u32).prop_map(Delivery::Fails),
    ]
}
