//! Every page of the developer portal in every state.

use super::values::{Values, picture};
use grantry::base::{Seconds, UnixTime};
use grantry::oauth::api::ApiScope;
use grantry::pages::developer::{
    AppKind, AppPage, CredentialsPage, DeleteAppPage, DeveloperAppsPage, DeveloperDeniedPage, DeveloperNotice, DocsApi,
    DocsCommand, DocsError, DocsPage, Existing, Field, FieldProblem, Fields, KindChoice, Lifetimes, Listing,
    LogoProblem, OwnAppLine, ScopeChoice, Secrets,
};
use grantry::pages::landing::AddressLine;
use grantry::pages::{Look, Page, ScopeText, ShownClient, ShownPerson, StandardScope};

pub(super) fn portal(
    values: &Values,
    client: ShownClient<'_>,
    person: ShownPerson<'_>,
    look: Look<'_>,
) -> Vec<(&'static str, Page)> {
    let picture = picture();
    let app = |client, listing| OwnAppLine { client, link: &values.link, listing };
    let apps = [
        app(ShownClient { logo: picture.as_ref(), ..client }, Listing::Listed),
        app(ShownClient { verified: false, ..client }, Listing::Requested),
        app(client, Listing::Hidden),
    ];
    let list = DeveloperAppsPage {
        person,
        switch: Some(&values.link),
        notice: Some(DeveloperNotice::Deleted),
        apps: &apps,
        create: Some("/developer/new"),
        docs: "/developer/docs",
    };
    let empty = DeveloperAppsPage { apps: &[], notice: None, ..list.clone() };
    let full = DeveloperAppsPage { apps: &apps[1..], notice: None, create: None, ..list.clone() };
    let denied = DeveloperDeniedPage { person, switch: Some(&values.link), docs: Some("/developer/docs") };
    let made = CredentialsPage {
        client,
        id: &values.username,
        secret: Some(&values.detail),
        earlier_until: None,
        is_new: true,
        app: &values.link,
        docs: "/developer/docs",
    };
    let at = UnixTime::from_secs(1_800_000_000);
    let rotated = CredentialsPage { is_new: false, earlier_until: Some(at), ..made.clone() };
    let public = CredentialsPage { secret: None, ..made.clone() };
    vec![
        ("developer", list.render(look)),
        ("developer-empty", empty.render(look)),
        ("developer-full", full.render(look)),
        ("developer-denied", denied.render(look)),
        ("developer-made", made.render(look)),
        ("developer-rotated", rotated.render(look)),
        ("developer-public", public.render(look)),
        ("developer-delete", DeleteAppPage { client, action: &values.link, version: &values.sealed }.render(look)),
    ]
}

pub(super) fn forms(values: &Values, client: ShownClient<'_>, look: Look<'_>) -> Vec<(&'static str, Page)> {
    let picture = picture();
    let kinds = [AppKind::Basic, AppKind::Post, AppKind::Public]
        .map(|kind| KindChoice { kind, checked: kind == AppKind::Basic });
    let api =
        |name, checked| ScopeChoice { name, text: ScopeText::Api { title: &values.scope, description: None }, checked };
    let standard = ScopeChoice { name: "openid", text: ScopeText::Standard(StandardScope::OpenId), checked: true };
    let scopes = [standard, api("reservations.read", true), api(&values.scope, false)];
    let lines = [values.site.as_str(), &values.path].join("\n");
    let fields = Fields {
        name: &values.client,
        redirect_uris: &lines,
        site: &values.site,
        description: &values.detail,
        policy: &values.link,
        terms: &values.link,
        logouts: &lines,
    };
    let new = AppPage {
        action: "/developer/new",
        hidden: ("app", &values.sealed),
        fields: Fields::default(),
        kinds: &kinds,
        scopes: &scopes,
        problems: &[],
        app: None,
        notice: None,
        back: "/developer",
    };
    let wrong = |field| FieldProblem { field, detail: Some(&values.detail) };
    let problems = [Field::Name, Field::RedirectUris, Field::Scopes, Field::Site, Field::Description, Field::Policy];
    let problems: Vec<FieldProblem<'_>> = problems.map(wrong).into_iter().chain([wrong(Field::Logouts)]).collect();
    let whole = [wrong(Field::Whole)];
    let existing = Existing {
        client: ShownClient { logo: picture.as_ref(), ..client },
        id: &values.username,
        secrets: Secrets::Two(UnixTime::from_secs(1_800_000_000)),
        listing: Listing::Listed,
        needs_approval: true,
        logo_action: &values.path,
        logo_problem: None,
    };
    let app = AppPage {
        action: &values.path,
        hidden: ("version", "7"),
        fields,
        kinds: &kinds[..2],
        notice: Some(DeveloperNotice::Saved),
        app: Some(existing.clone()),
        ..new.clone()
    };
    let other = |secrets, listing, needs_approval, logo_problem| {
        let client = ShownClient { verified: false, ..client };
        Some(Existing { client, secrets, listing, needs_approval, logo_problem, ..existing.clone() })
    };
    let public = AppPage {
        kinds: &[],
        notice: Some(DeveloperNotice::NeedsSite),
        app: other(Secrets::None, Listing::Hidden, true, Some(LogoProblem::Bad)),
        ..app.clone()
    };
    let waits = AppPage {
        notice: Some(DeveloperNotice::WaitsAgain),
        app: other(Secrets::One, Listing::Requested, true, Some(LogoProblem::Missing)),
        ..app.clone()
    };
    let open = AppPage { app: other(Secrets::One, Listing::Hidden, false, None), notice: None, ..app.clone() };
    let refused = AppPage { fields: app.fields.clone(), problems: &problems, ..new.clone() };
    let together = AppPage { problems: &whole, ..app.clone() };
    vec![
        ("developer-new", new.render(look)),
        ("developer-new-refused", refused.render(look)),
        ("developer-app", app.render(look)),
        ("developer-app-public", public.render(look)),
        ("developer-app-waits", waits.render(look)),
        ("developer-app-open", open.render(look)),
        ("developer-app-refused", together.render(look)),
    ]
}

pub(super) fn docs(values: &Values, look: Look<'_>) -> Page {
    let base = "https://id.northwind-aviation.example";
    let token = format!("{base}/token");
    let endpoints = [
        AddressLine { label: "Discovery", url: base, readable: true },
        AddressLine { label: "Token", url: &token, readable: false },
    ];
    let person = [
        ("openid", ScopeText::Standard(StandardScope::OpenId)),
        ("acme", ScopeText::Api { title: &values.scope, description: None }),
    ];
    let scope =
        |name: &str, sentence: &str| ApiScope { name: name.to_owned(), sentence: sentence.to_owned(), writes: false };
    let scopes = [scope(&values.scope, &values.detail), scope("crew.read", &values.scope)];
    let apis = [DocsApi { audience: &values.site, lifetime: Seconds::new(600), scopes: &scopes }];
    let command = format!(
        "CODE='YOUR_CODE'\ncurl -sS -i -u \"$CLIENT_ID:$CLIENT_SECRET\" {token} \\\n  -d grant_type=authorization_code \\\n  --data-urlencode \"code=$CODE\""
    );
    let commands = [
        DocsCommand::Setup("CLIENT_ID='YOUR_CLIENT_ID'".to_owned(), &[]),
        DocsCommand::Token(command, &["access_token", "token_type", "expires_in"]),
        DocsCommand::Revoke(values.detail.clone(), &[]),
    ];
    let errors = ["invalid_request", "invalid_grant", "invalid_scope"].map(|code| DocsError {
        code,
        status: Some(400),
        description: None,
    });
    let returned = [DocsError {
        code: "access_denied",
        status: None,
        description: Some("The user denied the request.".to_owned()),
    }];
    let time = Seconds::new;
    let docs = DocsPage {
        issuer: base,
        endpoints: &endpoints,
        person: &person,
        apis: &apis,
        lifetimes: Lifetimes {
            access: time(3_600),
            code: time(60),
            id_token: time(600),
            idle: time(30 * 86_400),
            longest: time(365 * 86_400),
        },
        commands: &commands,
        returned: &returned,
        shown: &errors[..1],
        token: &errors,
        bearer: &errors[..1],
        portal: "/developer",
    };
    docs.render(look)
}
