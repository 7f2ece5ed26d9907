//! A user changes their password on `/account`, and password managers find out that this is the place.

use crate::base::{Secret, SessionId};
use crate::endpoints::callers::authenticated::RecentlyAuthenticated;
use crate::endpoints::callers::browser;
use crate::endpoints::people;
use crate::endpoints::sign_in::by_password;
use crate::endpoints::sign_in::password::verifier;
use crate::endpoints::{App, Failure, Route};
use crate::http::{Request, Response};
use crate::lifetimes;
use crate::pages::account::AccountProblem;
use crate::platform::{Platform, attempt, random};
use crate::seal::browser::SessionRef;
use crate::sign_in::password::{NewPassword, WeakPassword, can_be_a_password};
use crate::store::account::{ChangePassword, NotChanged, Overview, ReadProfile, SignInRefusal};

/// The section of `/account` with the form.
const SECTION: &str = "#account-security";

/// Leads to the form, or to the sign-in before it.
pub(in crate::endpoints) fn address() -> Response {
    Response::see_other([Route::Account.path(), SECTION].concat())
}

/// The three fields of the form.
pub struct Passwords {
    pub current: Secret<String>,
    pub new: Secret<String>,
    pub again: Secret<String>,
}

/// Why the password was not changed.
pub enum PasswordNotChanged {
    /// The user can correct the form.
    Problem(AccountProblem),
    /// The session has ended, or the sign-in is not recent enough any more.
    SessionEnded,
}

/// Compares the current password as a sign-in does, with the same counter and the same deadline, and sets the new one. All
/// sessions end, and the returned session is opened.
///
/// # Errors
/// [`Failure`] when the platform fails.
pub async fn change<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    person: &RecentlyAuthenticated<'_, Overview>,
    typed: Passwords,
) -> Result<Result<SessionRef, PasswordNotChanged>, Failure> {
    if typed.new.expose() != typed.again.expose() {
        return Ok(Err(PasswordNotChanged::Problem(AccountProblem::PasswordsDiffer)));
    }
    let Ok(record) = app.platform.ask_account(person.account(), ReadProfile {}).await? else {
        return Ok(Err(PasswordNotChanged::SessionEnded));
    };
    let names = people::identifiers(&record.profile);
    let new = match NewPassword::parse(typed.new, &names) {
        Ok(new) => new,
        Err(weak) => return Ok(Err(PasswordNotChanged::Problem(problem(weak)))),
    };
    let changed = match record.parameters.filter(|_| can_be_a_password(&typed.current)) {
        None => Err(NotChanged::Refused(SignInRefusal::WrongPassword)),
        Some(parameters) => {
            let expires_at = app.now.plus(lifetimes::SESSION);
            let mut ask = ChangePassword {
                attempt: attempt(app.platform),
                session: person.session(),
                authenticated_since: person.since(),
                salt_used: parameters.salt.clone(),
                verifier: verifier(app, &typed.current, &parameters).await?,
                address_prefix: by_password::prefix(request),
                device: browser::device(app, request),
                credential: people::credential(app, &new).await?,
                new_session: SessionId::allocate(expires_at, random(app.platform)),
                expires_at,
            };
            let mut answer = app.platform.ask_account(person.account(), ask.clone()).await?;
            if let Err(NotChanged::Refused(SignInRefusal::StaleSalt { parameters })) = &answer {
                ask.salt_used = parameters.salt.clone();
                ask.verifier = verifier(app, &typed.current, parameters).await?;
                answer = app.platform.ask_account(person.account(), ask.clone()).await?;
            }
            answer.map(|()| ask.new_session)
        }
    };
    match changed {
        Ok(session) => {
            // The Account is the truth: if this fails, the Account tells the next sign-in the new salt.
            if let Err(fault) = people::confirmed(app, person.account()).await {
                app.log_fault("directory", &fault);
            }
            Ok(Ok(SessionRef { account: person.account(), session }))
        }
        Err(NotChanged::SessionEnded) => Ok(Err(PasswordNotChanged::SessionEnded)),
        Err(NotChanged::Refused(refusal)) => {
            app.platform.wait_until(lifetimes::FAILED_SIGN_IN_MILLISECONDS).await;
            by_password::log(app, "password_change_refused", Some(&record.sub), &refusal);
            Ok(Err(PasswordNotChanged::Problem(AccountProblem::PasswordRefused)))
        }
    }
}

const fn problem(weak: WeakPassword) -> AccountProblem {
    match weak {
        WeakPassword::IsLoginName => AccountProblem::PasswordIsName,
        WeakPassword::TooLong => AccountProblem::PasswordTooLong,
        WeakPassword::TooShort => AccountProblem::PasswordTooShort,
    }
}
