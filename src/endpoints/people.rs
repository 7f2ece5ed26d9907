//! People are created, changed and removed in three steps of two objects (see [`crate::store::directory`]). A request
//! that finds an interrupted change completes it first.

use super::sign_in::password::verifier;
use crate::base::AccountId;
use crate::endpoints::App;
use crate::oauth::person::profile::Profile;
use crate::oauth::person::subject::Subject;
use crate::platform::{Fault, Platform, attempt, random};
use crate::sign_in::device::DeviceKey;
use crate::sign_in::login_name::LoginName;
use crate::sign_in::password::{NewPassword, PasswordParameters};
use crate::store::account::{
    Create, Created, Credential, Delete, Denied, NotReplaced, PersonRecord, ReadProfile, ReplaceProfile,
};
use crate::store::directory::{
    Claim, Confirm, Conflict, ENDING, Find, FindBySub, FoundAccount, Holder, Lease, NotConfirmed, Projection, Release,
    Remove, Reserve,
};

/// How often a change is tried again because another request changed the same user.
const TRIES: u32 = 4;

/// The most unfinished changes of others that one request completes.
const MOST_RESOLVED: usize = 4;

/// Why a person was not created or changed.
#[derive(Debug)]
pub enum NotDone<E> {
    /// What the caller's own rules say.
    Refused(E),
    /// The platform failed.
    Fault(Fault),
    /// A login name is somebody else's.
    NameTaken,
    /// There is no such person.
    NotFound,
    /// The subject identifier is or was somebody else's.
    SubjectTaken,
    /// Nobody has one of the names or the subject identifier yet, but another request that was to give it to somebody is
    /// unfinished. After so many seconds it is given or free.
    Unfinished(i64),
}

impl<E> From<Fault> for NotDone<E> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A person to be made.
pub struct NewPerson {
    /// The subject identifier, if the administrator sets it.
    pub subject: Option<Subject>,
    /// What is known.
    pub profile: Profile,
    /// The password, if there is one.
    pub password: Option<NewPassword>,
    /// Whether the user may sign in.
    pub active: bool,
}

/// What a person is to be like.
pub struct Change {
    /// What is known.
    pub profile: Profile,
    /// The new password, if it changes.
    pub password: Option<NewPassword>,
    /// Whether the user may sign in.
    pub active: bool,
}

/// All names with which a user signs in: the user name, and the e-mail address once it is verified.
#[must_use]
pub fn identifiers(profile: &Profile) -> Vec<LoginName> {
    let email = profile.email().filter(|_| profile.email_verified);
    let names = [Some(profile.user_name.as_str()), email].into_iter().flatten();
    names.filter_map(|name| LoginName::parse(name).ok()).collect()
}

/// Makes a person.
///
/// # Errors
/// [`NotDone::NameTaken`], [`NotDone::SubjectTaken`], [`NotDone::Unfinished`], [`NotDone::Fault`].
pub async fn create<P: Platform, E>(app: &App<'_, P>, new: NewPerson) -> Result<PersonRecord, NotDone<E>> {
    let credential = match &new.password {
        Some(password) => Some(credential(app, password).await?),
        None => None,
    };
    let subject = new.subject.clone().unwrap_or_else(|| Subject::generate(random(app.platform)));
    let account = app.platform.new_account_id()?;
    let reserve = Reserve {
        attempt: attempt(app.platform),
        sub: subject.as_str().to_owned(),
        account,
        identifiers: identifiers(&new.profile),
    };
    let mut resolved = Vec::new();
    loop {
        let conflict = match app.platform.ask_directory(reserve.clone()).await? {
            Ok(lease) => {
                let place = Place { sub: reserve.sub, account, lease };
                return match make(app, &new, credential, &place).await? {
                    Made::Done(record) => Ok(*record),
                    // Another request has gone on with this reservation, and made another user of it.
                    Made::Otherwise => {
                        confirmed(app, account).await?.map_or_else(|| Err(gone()), |_| Err(NotDone::NameTaken))
                    }
                    Made::TooLate => {
                        Err(Fault::Object("the reservation ended before the account was made".to_owned()).into())
                    }
                };
            }
            Err(conflict) => conflict,
        };
        if let Some(place) = unfinished(&new, &conflict)
            && !resolved.contains(&place.sub)
            && let Made::Done(record) = make(app, &new, credential.clone(), &place).await?
        {
            return Ok(*record);
        }
        resolve(app, conflict, &mut resolved).await?;
    }
}

/// A reserved place for an account.
struct Place {
    sub: String,
    account: AccountId,
    lease: Lease,
}

/// The outcome of making an account.
enum Made {
    /// It is as this request wants it.
    Done(Box<PersonRecord>),
    /// Another request has made it, and otherwise.
    Otherwise,
    /// The reservation does not hold any more.
    TooLate,
}

/// The place that an earlier try of the same request has reserved. It may be another request for the same names as well: which of
/// them makes the account is decided there.
fn unfinished(new: &NewPerson, conflict: &Conflict) -> Option<Place> {
    let holder = conflict.holder.as_ref().filter(|holder| holder.makes_the_same)?;
    let has_the_subject = match &new.subject {
        Some(subject) => subject.as_str() == holder.sub,
        None => Subject::looks_generated(&holder.sub),
    };
    let lease = Lease { until: holder.until? };
    has_the_subject.then(|| Place { sub: holder.sub.clone(), account: holder.account, lease })
}

/// Makes the account at `place`, or finds that it was made by an earlier try of this request, and confirms it.
async fn make<P: Platform>(
    app: &App<'_, P>,
    new: &NewPerson,
    credential: Option<Credential>,
    place: &Place,
) -> Result<Made, Fault> {
    let mut created = app.platform.ask_account(place.account, creation(app, new, credential, place)).await?;
    if created == Created::Exists
        && let Some(password) = &new.password
        && let Ok(PersonRecord { parameters: Some(parameters), .. }) =
            app.platform.ask_account(place.account, ReadProfile {}).await?
    {
        // With the salt that is there, the same password makes the same account.
        let verifier = verifier(app, password.secret(), &parameters).await?;
        let credential = Some(Credential { parameters, verifier });
        created = app.platform.ask_account(place.account, creation(app, new, credential, place)).await?;
    }
    match created {
        Created::Exists => return Ok(Made::Otherwise),
        Created::TooLate => return Ok(Made::TooLate),
        Created::Created => {}
    }
    if let Some(record) = confirmed(app, place.account).await? {
        return Ok(Made::Done(Box::new(record)));
    }
    // The reservation was released although it had not ended: the account must not stay behind without its names.
    app.platform.ask_account(place.account, Delete { attempt: attempt(app.platform) }).await?.ok();
    Err(Fault::Object("the reservation was gone when the account was made".to_owned()))
}

fn creation<P: Platform>(app: &App<'_, P>, new: &NewPerson, credential: Option<Credential>, place: &Place) -> Create {
    Create {
        attempt: Create::attempt_at(&place.sub, &new.profile, new.active, credential.as_ref()),
        sub: place.sub.clone(),
        device_key: DeviceKey::from_bytes(random(app.platform)),
        profile: new.profile.clone(),
        active: new.active,
        credential,
        lease: Some(place.lease),
    }
}

fn gone<E>() -> NotDone<E> {
    Fault::Object("the account was deleted while it was made".to_owned()).into()
}

/// The user with this subject identifier, as the Account says.
///
/// # Errors
/// [`NotDone::NotFound`], [`NotDone::Fault`].
pub async fn read<P: Platform, E>(app: &App<'_, P>, sub: &str) -> Result<PersonRecord, NotDone<E>> {
    let found = find(app, sub).await?;
    let record = record(app, &found).await?;
    if record.version != found.version {
        confirmed(app, found.account).await?;
    }
    Ok(record)
}

/// Changes a user to what `edit` makes of what the Account says. `edit` is called again after another request's change.
///
/// # Errors
/// [`NotDone`].
pub async fn change<P: Platform, E>(
    app: &App<'_, P>,
    sub: &str,
    edit: impl Fn(&PersonRecord) -> Result<Change, E>,
) -> Result<PersonRecord, NotDone<E>> {
    let found = find(app, sub).await?;
    for _ in 0..TRIES {
        let record = record(app, &found).await?;
        let change = edit(&record).map_err(NotDone::Refused)?;
        let same = change.profile == record.profile && change.active == record.active && change.password.is_none();
        if !same {
            let lease = claimed(app, &record, &change.profile).await?;
            let replace = ReplaceProfile {
                attempt: attempt(app.platform),
                version: record.version,
                profile: change.profile,
                active: change.active,
                credential: match &change.password {
                    Some(password) => Some(credential(app, password).await?),
                    None => None,
                },
                lease,
            };
            match app.platform.ask_account(found.account, replace).await? {
                Ok(_) => {}
                Err(NotReplaced::Changed) => continue,
                Err(NotReplaced::TooLate) => return Err(Fault::Object("the claim has ended".to_owned()).into()),
                Err(NotReplaced::Unknown) => return Err(NotDone::NotFound),
            }
        }
        return confirmed(app, found.account).await?.ok_or(NotDone::NotFound);
    }
    Err(Fault::Object("others keep changing the same person".to_owned()).into())
}

/// Ends a user's account and frees its login names.
///
/// # Errors
/// [`NotDone::NotFound`], [`NotDone::Fault`].
pub async fn delete<P: Platform, E>(app: &App<'_, P>, sub: &str) -> Result<(), NotDone<E>> {
    let found = find(app, sub).await?;
    // If this request is interrupted, the next request that finds these login names asks the account.
    let nothing = Claim { sub: found.sub.clone(), identifiers: Vec::new(), version: ENDING };
    app.platform.ask_directory(nothing).await?.ok();
    // The account before the names: from then on nobody can sign in, whatever happens to this request.
    let ended = app.platform.ask_account(found.account, Delete { attempt: attempt(app.platform) }).await?;
    app.platform.ask_directory(Remove { sub: found.sub }).await?;
    ended.map_err(|_| NotDone::NotFound)
}

/// Where the account behind a login name is.
///
/// # Errors
/// [`Fault`].
pub async fn find_by_login<P: Platform>(app: &App<'_, P>, login: LoginName) -> Result<Option<FoundAccount>, Fault> {
    app.platform.ask_directory(Find { login }).await
}

async fn find<P: Platform, E>(app: &App<'_, P>, sub: &str) -> Result<FoundAccount, NotDone<E>> {
    app.platform.ask_directory(FindBySub { sub: sub.to_owned() }).await?.ok_or(NotDone::NotFound)
}

async fn record<P: Platform, E>(app: &App<'_, P>, found: &FoundAccount) -> Result<PersonRecord, NotDone<E>> {
    if let Ok(record) = app.platform.ask_account(found.account, ReadProfile {}).await? {
        return Ok(record);
    }
    // A deletion was interrupted.
    app.platform.ask_directory(Remove { sub: found.sub.clone() }).await?;
    Err(NotDone::NotFound)
}

/// Claims the names that a changed profile has, if they are others than before.
async fn claimed<P: Platform, E>(
    app: &App<'_, P>,
    record: &PersonRecord,
    profile: &Profile,
) -> Result<Option<Lease>, NotDone<E>> {
    let names = identifiers(profile);
    if names == identifiers(&record.profile) {
        return Ok(None);
    }
    let claim = Claim { sub: record.sub.clone(), identifiers: names, version: record.version.saturating_add(1) };
    let mut resolved = Vec::new();
    loop {
        match app.platform.ask_directory(claim.clone()).await? {
            Ok(lease) => return Ok(Some(lease)),
            Err(Conflict { login: None, .. }) => return Err(NotDone::NotFound),
            Err(conflict) => resolve(app, conflict, &mut resolved).await?,
        }
    }
}

/// Completes the unfinished change of another user that holds a login name, if there is one.
///
/// # Errors
/// When nothing more can be completed: that the name is taken, or that it is only reserved.
async fn resolve<P: Platform, E>(
    app: &App<'_, P>,
    conflict: Conflict,
    resolved: &mut Vec<String>,
) -> Result<(), NotDone<E>> {
    let taken = if conflict.login.is_some() { NotDone::NameTaken } else { NotDone::SubjectTaken };
    let Some(holder) = conflict.holder else {
        return Err(taken);
    };
    if resolved.contains(&holder.sub) || resolved.len() >= MOST_RESOLVED {
        return Err(holder.until.map_or(taken, |until| NotDone::Unfinished(until.since(holder.at).max(1))));
    }
    resolved.push(holder.sub.clone());
    complete(app, holder).await?;
    Ok(())
}

async fn complete<P: Platform>(app: &App<'_, P>, holder: Holder) -> Result<(), Fault> {
    let Holder { sub, account, confirmed, at, .. } = holder;
    match app.platform.ask_account(account, ReadProfile {}).await? {
        Ok(record) => {
            confirm(app, record).await?;
            app.platform.ask_directory(Release { sub, at }).await
        }
        Err(Denied::Unknown) if confirmed => app.platform.ask_directory(Remove { sub }).await,
        Err(_) => app.platform.ask_directory(Release { sub, at }).await,
    }
}

/// The last step: the directory takes over what the Account says. `None` when one of the two does not know the person.
///
/// # Errors
/// When one of them does not answer.
pub async fn confirmed<P: Platform>(app: &App<'_, P>, account: AccountId) -> Result<Option<PersonRecord>, Fault> {
    let Ok(record) = app.platform.ask_account(account, ReadProfile {}).await? else {
        return Ok(None);
    };
    Ok(confirm(app, record.clone()).await?.then_some(record))
}

/// Whether the directory knows the person.
async fn confirm<P: Platform>(app: &App<'_, P>, record: PersonRecord) -> Result<bool, Fault> {
    let identifiers = identifiers(&record.profile);
    let PersonRecord { sub, profile, active, version, created_at, modified_at, parameters } = record;
    let email = profile.email().map(ToOwned::to_owned);
    let Profile { user_name, display_name, .. } = profile;
    let projection = Projection { user_name, email, display_name, active, created_at, modified_at, version };
    match app.platform.ask_directory(Confirm { sub, identifiers, parameters, projection }).await? {
        Ok(()) => Ok(true),
        Err(NotConfirmed::Unknown) => Ok(false),
        Err(NotConfirmed::NameTaken) => Err(Fault::Object("a person's name belongs to somebody else".to_owned())),
    }
}

/// A password as an account keeps it.
///
/// # Errors
/// When it cannot be hashed.
pub async fn credential<P: Platform>(app: &App<'_, P>, password: &NewPassword) -> Result<Credential, Fault> {
    let parameters = PasswordParameters::current(random(app.platform));
    let verifier = verifier(app, password.secret(), &parameters).await?;
    Ok(Credential { parameters, verifier })
}
