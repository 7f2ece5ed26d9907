//! Every page in every state, filled with given values.

use super::developer_states::{docs, forms, portal};
use super::values::{Values, picture};
use grantry::base::UnixTime;
use grantry::pages::account::{
    AccountPage, AccountProblem, ActivityLine, BrowserLine, ConnectedAppLine, Device, Happened, Sensitive, Since, Used,
};
use grantry::pages::apps::{AppLine, AppsPage};
use grantry::pages::consent::{Choice, ConsentPage, FormPostPage, Lasting, OnwardPage, ReturnTo, ScopeLine, Way};
use grantry::pages::errors::{Advice, ErrorPage, Gone, InteractionGonePage, MisdirectedPage, Problem, UnavailablePage};
use grantry::pages::landing::{AddressLine, LandingPage};
use grantry::pages::sign_in::{AccountLine, Back, ChoosePage, LoggedOutPage, LoginPage, LoginProblem, LogoutPage};
use grantry::pages::{
    Brand, Catalogue, Form, FormSource, FormTarget, Look, Notice, Page, ScopeText, ShownClient, ShownPerson,
    StandardScope,
};

/// Every page in every state.
pub fn pages(values: &Values, brand: &Brand, catalogue: &Catalogue) -> Vec<(&'static str, Page)> {
    let look = Look { brand, catalogue };
    let hidden = [("interaction", values.sealed.as_str())];
    let source = FormSource::of("https://planner.northwind-aviation.example/callback").ok();
    let target = source.clone().map_or(FormTarget::SelfOnly, FormTarget::SelfAnd);
    let form = Form { action: &values.path, hidden: &hidden, target };
    let client = ShownClient {
        name: &values.client,
        site: Some(&values.site),
        verified: true,
        logo: None,
        policy: Some("https://planner.northwind-aviation.example/privacy"),
        terms: Some(&values.link),
    };
    let person = ShownPerson { name: Some(&values.person), username: &values.username };

    let mut all = notices(values, look);
    all.extend(catalogues(values, client, look));
    for (name, problem) in [
        ("login", None),
        ("login-refused", Some(LoginProblem::Refused)),
        ("login-locked", Some(LoginProblem::Locked)),
        ("login-missing", Some(LoginProblem::Missing)),
        ("login-unavailable", Some(LoginProblem::Unavailable)),
    ] {
        let username = if problem.is_some() { values.username.as_str() } else { "" };
        let login = LoginPage { form: form.clone(), client: Some(client), notice: None, username, problem };
        all.push((name, login.render(look)));
    }
    let bare = LoginPage { form: form.clone(), client: None, notice: None, username: "", problem: None };
    all.push(("login-bare", bare.render(look)));
    let again = LoginPage { notice: Some(Notice::SignInAgain), ..bare };
    all.push(("login-again", again.render(look)));
    all.extend(consents(values, &form, client, person, look));
    all.extend(own_pages(values, person, look));
    all.extend(portal(values, client, person, look));
    all.extend(forms(values, client, look));
    all.push(("developer-docs", docs(values, look)));

    let accounts: Vec<AccountLine<'_>> =
        [(person, true), (ShownPerson { name: None, ..person }, true), (person, false)]
            .map(|(person, signed_in)| AccountLine { value: &values.sealed, person, signed_in })
            .to_vec();
    let choose = ChoosePage {
        form: form.clone(),
        client: Some(client),
        notice: Some(Notice::SignedOutEverywhere),
        accounts: &accounts,
        other: Some(&values.link),
    };
    all.push(("choose", choose.render(look)));
    let logout =
        LogoutPage { form: form.clone(), client: Some(client), person: Some(person), stay: Some(&values.link) };
    all.push(("logout", logout.render(look)));
    all.push(("logout-bare", LogoutPage { form, client: None, person: None, stay: None }.render(look)));
    if let Some(source) = source {
        let parameters = [("code", values.sealed.as_str()), ("state", values.detail.as_str())];
        let post = FormPostPage {
            action: &values.path,
            target: FormTarget::Only(source.clone()),
            host: &values.site,
            parameters: &parameters,
            client,
        };
        all.push(("form-post", post.render(look)));
        let (code, description) =
            ("invalid_scope", "The scope is malformed or contains a scope that this client may not request.");
        let way = Way::Link(&values.path);
        let link = OnwardPage { client, registered_itself: true, host: &values.site, way, code, description };
        all.push(("onward", link.render(look)));
        let way = Way::Form { action: &values.path, parameters: &parameters, target: FormTarget::Only(source) };
        all.push(("onward-form", OnwardPage { way, registered_itself: false, ..link }.render(look)));
    }
    all
}

fn catalogues(values: &Values, client: ShownClient<'_>, look: Look<'_>) -> Vec<(&'static str, Page)> {
    let picture = picture();
    let line = AppLine { client, description: &values.detail, connect: &values.link, disconnect: None };
    let lines = [
        AppLine { disconnect: Some(&values.client), client: ShownClient { logo: picture.as_ref(), ..client }, ..line },
        line,
        AppLine { description: "", ..line },
    ];
    let all = AppsPage {
        query: &values.scope,
        apps: &lines,
        previous: Some(&values.link),
        next: Some("/apps?page=3"),
        action: "/apps?page=2",
        user: &values.sealed,
        account: Some("/account"),
        notice: Some(Notice::Disconnected),
    };
    let strangers = AppsPage {
        query: "",
        apps: &lines[1..],
        previous: None,
        next: None,
        account: None,
        notice: None,
        ..all.clone()
    };
    let empty = AppsPage { apps: &[], ..strangers.clone() };
    let nothing = AppsPage { query: &values.client, ..empty.clone() };
    [("apps", all), ("apps-stranger", strangers), ("apps-empty", empty), ("apps-nothing-found", nothing)]
        .map(|(name, apps)| (name, apps.render(look)))
        .to_vec()
}

fn consents(
    values: &Values,
    form: &Form<'_>,
    client: ShownClient<'_>,
    person: ShownPerson<'_>,
    look: Look<'_>,
) -> Vec<(&'static str, Page)> {
    let api = |new| ScopeLine {
        text: ScopeText::Api { title: &values.scope, description: Some(&values.detail) },
        new,
        choice: None,
    };
    let standard = |scope| ScopeLine { text: ScopeText::Standard(scope), new: false, choice: None };
    let six = [
        standard(StandardScope::OpenId),
        standard(StandardScope::Profile),
        standard(StandardScope::Email),
        standard(StandardScope::OfflineAccess),
        api(false),
        api(true),
    ];
    let one =
        [ScopeLine { text: ScopeText::Api { title: &values.scope, description: None }, new: false, choice: None }];
    let consent = ConsentPage {
        form: form.clone(),
        client,
        person,
        switch: Some(&values.link),
        scopes: &six,
        lasting: Lasting::Days(90),
        return_to: ReturnTo::Site { host: &values.site },
    };
    let unverified = ConsentPage {
        client: ShownClient { verified: false, ..client },
        person: ShownPerson { name: None, ..person },
        return_to: ReturnTo::App { scheme: &values.site },
        lasting: Lasting::UntilDisconnected,
        ..consent.clone()
    };
    let short = ConsentPage {
        scopes: &one,
        client: ShownClient { site: None, policy: None, terms: None, ..client },
        switch: None,
        lasting: Lasting::Hours(1),
        return_to: ReturnTo::Device { host: "127.0.0.1:49152" },
        ..consent.clone()
    };
    let picture = picture();
    let pictured = ConsentPage { client: ShownClient { logo: picture.as_ref(), ..client }, ..consent.clone() };
    let choice = |ticked| Some(Choice { name: values.sealed.clone(), ticked });
    let chosen = [
        standard(StandardScope::OpenId),
        ScopeLine { choice: choice(true), ..standard(StandardScope::Email) },
        ScopeLine { choice: choice(false), ..api(true) },
    ];
    let optional = ConsentPage { scopes: &chosen, ..consent.clone() };
    vec![
        ("consent-optional", optional.render(look)),
        ("consent", consent.render(look)),
        ("consent-logo", pictured.render(look)),
        ("consent-unverified", unverified.render(look)),
        ("consent-short", short.render(look)),
    ]
}

fn own_pages(values: &Values, person: ShownPerson<'_>, look: Look<'_>) -> Vec<(&'static str, Page)> {
    let scopes = [
        ScopeText::Standard(StandardScope::OpenId),
        ScopeText::Standard(StandardScope::Email),
        ScopeText::Api { title: &values.scope, description: None },
    ];
    let at = UnixTime::from_secs(1_800_000_000);
    let app = ConnectedAppLine {
        target: &values.sealed,
        client: Some(ShownClient {
            name: &values.client,
            site: Some(&values.site),
            verified: true,
            ..ShownClient::default()
        }),
        since: Since::Renamed(&values.client),
        scopes: &scopes,
        at,
        used: Used::At(at),
    };
    let unused = ConnectedAppLine { client: None, since: Since::Deleted, scopes: &[], used: Used::Never, ..app };
    let changed = ConnectedAppLine { used: Used::Unknown, since: Since::Changed, ..app };
    let apps = [app, unused, changed, ConnectedAppLine { since: Since::Same, ..app }];
    let here = BrowserLine {
        target: None,
        device: Device { browser: Some("Firefox"), system: Some("Windows") },
        city: Some(&values.person),
        country: Some("GB"),
        seen: None,
        from: at,
        until: at,
    };
    let there = BrowserLine { target: Some(&values.username), seen: Some(at), ..here };
    let browsers = [
        here,
        there,
        BrowserLine { device: Device { browser: None, ..here.device }, city: None, ..there },
        BrowserLine { device: Device::default(), city: None, country: None, ..there },
    ];
    let here = BrowserLine { device: Device::default(), city: None, country: None, ..here };
    let activity = Happened::ALL.map(|happened| ActivityLine { at, happened, app: Some(&values.client) });
    let full = AccountPage {
        action: &values.path,
        user: &values.sealed,
        person,
        switch: Some(&values.link),
        notice: Some(Notice::Disconnected),
        apps: &apps,
        more_apps: Some("/account?apps=AAAAAAAAAAAAAAAAAAAAAA"),
        first_apps: Some("/account"),
        browsers: &browsers,
        has_more_browsers: true,
        sign_out: Some("/logout"),
        activity: &activity,
        more_activity: Some("/account?activity=all#account-activity"),
        sensitive: Sensitive {
            username: &values.username,
            is_recent: true,
            has_password: true,
            may_delete: true,
            problem: None,
        },
    };
    let of_another = Sensitive { has_password: false, may_delete: false, ..full.sensitive };
    let bare = AccountPage {
        notice: None,
        apps: &[],
        more_apps: None,
        first_apps: None,
        browsers: &[here],
        activity: &[],
        more_activity: None,
        has_more_browsers: false,
        sensitive: of_another,
        ..full.clone()
    };
    let stale = AccountPage { sensitive: Sensitive { is_recent: false, ..full.sensitive }, ..full.clone() };
    let mut all = vec![
        ("account", full.render(look)),
        ("account-bare", bare.render(look)),
        ("account-stale", stale.render(look)),
    ];
    for (name, problem) in [
        ("account-password-refused", AccountProblem::PasswordRefused),
        ("account-password-short", AccountProblem::PasswordTooShort),
        ("account-delete-refused", AccountProblem::NameDiffers),
    ] {
        let sensitive = Sensitive { problem: Some(problem), ..full.sensitive };
        all.push((name, AccountPage { notice: None, sensitive, ..full.clone() }.render(look)));
    }
    all
}

fn notices(values: &Values, look: Look<'_>) -> Vec<(&'static str, Page)> {
    let base = "https://id.northwind-aviation.example";
    let addresses = [
        ("OpenID discovery", format!("{base}/.well-known/openid-configuration"), true),
        ("Keys (JWKS)", format!("{base}/jwks"), true),
        ("Authorization", format!("{base}/authorize"), false),
        ("Token", format!("{base}/token"), false),
        ("UserInfo", format!("{base}/userinfo"), false),
        ("Revocation", values.link.clone(), true),
    ];
    let addresses: Vec<AddressLine<'_>> =
        addresses.iter().map(|(label, url, readable)| AddressLine { label, url, readable: *readable }).collect();
    let mut all = vec![(
        "landing",
        LandingPage { issuer: base, addresses: &addresses, docs: Some("https://docs.example/") }.render(look),
    )];
    for (name, advice, retry) in [
        ("error-app", Advice::App, None),
        ("error-busy", Advice::Busy, Some(values.link.as_str())),
        ("error-denied", Advice::Denied, None),
        ("error-missing", Advice::Missing, None),
        ("error-ours", Advice::Ours, Some("/login")),
    ] {
        let description = "The redirect URI is not one of those registered for this client.";
        let request_id = values.person.as_str();
        all.push((name, ErrorPage { advice, code: "invalid_request", description, request_id, retry }.render(look)));
    }
    for (name, reason, start_again) in
        [("gone-stale", Gone::Stale, Some(values.link.as_str())), ("gone-foreign", Gone::Foreign, Some("/authorize"))]
    {
        all.push((name, InteractionGonePage { reason, start_again }.render(look)));
    }
    let plain = LoggedOutPage { sign_in: None, account_deleted: false, back: None };
    let back = Some(Back { app: &values.client, link: &values.link });
    all.push(("logged-out", LoggedOutPage { sign_in: Some(&values.link), ..plain.clone() }.render(look)));
    all.push(("logged-out-deleted", LoggedOutPage { account_deleted: true, ..plain.clone() }.render(look)));
    all.push(("logged-out-back", LoggedOutPage { back, ..plain.clone() }.render(look)));
    all.push(("logged-out-bare", plain.render(look)));
    let problems = ["MASTER_KEYS", "SIGNING_KEYS", values.detail.as_str()];
    let problems: Vec<Problem<'_>> = problems.iter().map(|name| Problem { name, what: &values.problem }).collect();
    let misdirected = MisdirectedPage {
        asked: &values.site,
        can_be_issuer: true,
        issuer: "https://auth.example.com",
        request_id: values.person.as_str(),
    };
    all.push(("misdirected", misdirected.render(look)));
    all.push(("unavailable", UnavailablePage { problems: &problems }.render(look)));
    all
}
