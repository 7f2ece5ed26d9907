//! /Users and `/Users/{id}`; the id is the subject identifier.

use serde_json::{Value, json};

use super::answer::{document, invalid_value, not_found};
use super::filter::{Query, query};
use super::resource::{self, Incoming, entity_tag, location};
use super::schema::USER;
use super::{patch, protection, reader};
use crate::base::Secret;
use crate::endpoints::callers::administrator::{Administrator, log};
use crate::endpoints::people;
use crate::endpoints::people::{Change, NewPerson, NotDone};
use crate::endpoints::{App, Failure, Refused};
use crate::http::{Parameters, Request, Response};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::person::profile::Profile;
use crate::oauth::person::subject::Subject;
use crate::platform::Platform;
use crate::sign_in::password::NewPassword;
use crate::store::account::PersonRecord;
use crate::store::directory::AccountsPage;

/// The schema of a list (RFC 7644 section 3.4.2).
pub const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

pub(in crate::endpoints) async fn list<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    administrator: &Administrator,
) -> Result<Response, Failure> {
    let parameters = Parameters::of_query(request)
        .map_err(|malformed| reader::invalid_syntax("The query is malformed.").because(malformed))?;
    let Query { start, list } = query(&parameters)?;
    let page = match list {
        Some(list) => app.platform.ask_directory(list).await?,
        None => AccountsPage { total: 0, entries: Vec::new() },
    };
    log(app, administrator.name(), "list people", None);
    let issuer = app.config.issuer.as_str();
    let resources: Vec<Value> = page.entries.iter().map(|entry| resource::brief(issuer, entry)).collect();
    document(
        200,
        &json!({
            "schemas": [LIST],
            "totalResults": page.total,
            "startIndex": start,
            "itemsPerPage": resources.len(),
            "Resources": resources,
        }),
    )
}

pub(in crate::endpoints) async fn create<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    administrator: &Administrator,
) -> Result<Response, Failure> {
    let incoming = whole(request)?;
    let subject = incoming.sub.as_deref().map(|sub| {
        Subject::parse(sub).ok_or_else(|| invalid_value("sub", "This value is not allowed as a subject identifier."))
    });
    protection::may_give(administrator, None, &incoming.profile)?;
    let person = NewPerson {
        subject: subject.transpose()?,
        password: incoming.password.map(|password| chosen(password, &incoming.profile)).transpose()?,
        active: incoming.active.unwrap_or(true),
        profile: incoming.profile,
    };
    let record = people::create(app, person).await.map_err(refused)?;
    log(app, administrator.name(), "create a person", Some(&record.sub));
    let place = location(app.config.issuer.as_str(), &record.sub);
    // All that there is to read is what was sent.
    Ok(in_full(app, 201, &record)?.with("location", place))
}

pub(in crate::endpoints) async fn read<P: Platform>(
    app: &App<'_, P>,
    id: &str,
    administrator: &Administrator,
) -> Result<Response, Failure> {
    let record = people::read(app, id).await.map_err(refused)?;
    log(app, administrator.name(), "read a person", Some(&record.sub));
    in_full(app, 200, &record)
}

/// PUT (RFC 7644 section 3.5.1): what the body does not say is not known any more, but for the password, for whether the
/// person may sign in, because nobody is let in by leaving something out, and for their role, which systems that
/// provision users do not know.
pub(in crate::endpoints) async fn replace<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    id: &str,
    administrator: &Administrator,
) -> Result<Response, Failure> {
    // Read once, to be refused before anything is asked.
    whole(request)?;
    let edit = |record: &PersonRecord| {
        expected(request, record)?;
        let mut incoming = whole(request)?;
        incoming.profile.role = incoming.profile.role.or_else(|| record.profile.role());
        changed(administrator, record, incoming)
    };
    let record = people::change(app, id, edit).await.map_err(refused)?;
    log(app, administrator.name(), "replace a person", Some(&record.sub));
    after_change(app, &record, administrator)
}

pub(in crate::endpoints) async fn patch<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    id: &str,
    administrator: &Administrator,
) -> Result<Response, Failure> {
    let operations = patch::operations(reader::body(request)?)?;
    let edit = |record: &PersonRecord| {
        expected(request, record)?;
        let mut incoming = Incoming::parse(patch::apply(resource::attributes(record), &operations)?)?;
        // That an address is known to be the person's says nothing about the next one.
        let profile = &mut incoming.profile;
        if profile.email() != record.profile.email() && !patch::names(&operations, "emailVerified") {
            profile.email_verified = false;
        }
        if profile.phone_number() != record.profile.phone_number() && !patch::names(&operations, "phoneNumberVerified")
        {
            profile.phone_number_verified = false;
        }
        changed(administrator, record, incoming)
    };
    let record = people::change(app, id, edit).await.map_err(refused)?;
    log(app, administrator.name(), "change a person", Some(&record.sub));
    after_change(app, &record, administrator)
}

pub(in crate::endpoints) async fn delete<P: Platform>(
    app: &App<'_, P>,
    id: &str,
    administrator: &Administrator,
) -> Result<Response, Failure> {
    let record = people::read(app, id).await.map_err(refused)?;
    protection::may_delete(administrator, &record)?;
    people::delete(app, id).await.map_err(refused)?;
    log(app, administrator.name(), "delete a person", Some(id));
    Ok(Response::empty(204))
}

/// A body that says all about a person.
fn whole(request: &Request) -> Result<Incoming, Refused> {
    let body = reader::body(request)?;
    reader::of_schema(&body, USER)?;
    Incoming::parse(reader::person(body)?)
}

fn changed(administrator: &Administrator, record: &PersonRecord, incoming: Incoming) -> Result<Change, Refused> {
    if incoming.sub.is_some_and(|sub| sub != record.sub) {
        return Err(Refused::scim(400, "mutability", "This attribute cannot be changed.").about("sub"));
    }
    let change = Change {
        password: incoming.password.map(|password| chosen(password, &incoming.profile)).transpose()?,
        active: incoming.active.unwrap_or(record.active),
        profile: incoming.profile,
    };
    protection::may_change(administrator, record, &change)?;
    Ok(change)
}

fn chosen(password: Secret<String>, profile: &Profile) -> Result<NewPassword, Refused> {
    NewPassword::parse(password, &people::identifiers(profile)).map_err(|weak| {
        invalid_value("password", "A password must have 8 to 128 characters and must differ from the user name.")
            .because(weak)
    })
}

/// Whether the user is still as the caller knows them, if the request has a version (RFC 7644 section 3.14).
fn expected(request: &Request, record: &PersonRecord) -> Result<(), Refused> {
    let Some(tags) = request.header("if-match") else {
        return Ok(());
    };
    let current = entity_tag(record.version);
    if tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == current) {
        Ok(())
    } else {
        Err(Refused::scim(412, "", "The user has been changed in the meantime."))
    }
}

fn in_full<P>(app: &App<'_, P>, status: u16, record: &PersonRecord) -> Result<Response, Failure> {
    let response = document(status, &resource::full(app.config.issuer.as_str(), record))?;
    Ok(response.with("etag", entity_tag(record.version)))
}

/// The answer to a change. It tells of what was there before only to those who may read it.
fn after_change<P>(
    app: &App<'_, P>,
    record: &PersonRecord,
    administrator: &Administrator,
) -> Result<Response, Failure> {
    if administrator.holds(OwnScope::ReadPeople) {
        return in_full(app, 200, record);
    }
    let response = document(200, &resource::bare(app.config.issuer.as_str(), record))?;
    Ok(response.with("etag", entity_tag(record.version)))
}

fn refused(not_done: NotDone<Refused>) -> Failure {
    match not_done {
        NotDone::Fault(fault) => fault.into(),
        NotDone::NameTaken => {
            Refused::scim(409, "uniqueness", "A user name or e-mail address of this user is already taken.").into()
        }
        NotDone::NotFound => not_found().into(),
        NotDone::Refused(refused) => refused.into(),
        NotDone::Unfinished(wait) => {
            let description = "Another request that creates or changes a user with one of these names is unfinished. Try again later.";
            Refused::scim(503, "", description).with("retry-after", wait.to_string()).into()
        }
        NotDone::SubjectTaken => {
            Refused::scim(409, "uniqueness", "This value is or was in use by another user.").about("sub").into()
        }
    }
}
