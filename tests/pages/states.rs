//! Every page in every state, filled with given values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantry::base::UnixTime;
use grantry::oauth::presentation::Picture;
use grantry::pages::{
    Account, AccountPage, AccountProblem, Activity, Address, Advice, AppLine, Apps, Brand, Catalogue, Choice, Choose,
    Client, ConnectedApp, Consent, Device, ErrorPage, Form, FormPost, FormSource, FormTarget, Gone, Happened,
    InteractionGone, Landing, Lasting, LoggedOut, Login, LoginProblem, Logo, Logout, Look, Notice, Page, Person,
    Problem, ReturnTo, ScopeLine, ScopeText, Sensitive, SignedInBrowser, StandardScope, Unavailable,
};

/// The values of one rendering. Everything here may come from a stranger.
pub struct Values {
    client: String,
    site: String,
    person: String,
    username: String,
    scope: String,
    detail: String,
    sealed: String,
    path: String,
    link: String,
    problem: String,
}

impl Values {
    /// What a registration looks like on a good day; the name has 60 characters.
    pub fn ordinary() -> Self {
        Self {
            client: "Northwind Fleet Planner & Crew Roster for Regional Airlines!".to_owned(),
            site: "planner.northwind-aviation.example".to_owned(),
            person: "Ada Lovelace".to_owned(),
            username: "ada.lovelace@analytical-engines.example".to_owned(),
            scope: "See your flights and crew".to_owned(),
            detail: "Schedules, aircraft and the people on board, for the last two years".to_owned(),
            sealed: format!("gr_ix_{}", "Zm9v".repeat(200)),
            path: "/login".to_owned(),
            link: "/authorize?resume=1".to_owned(),
            problem: "is missing; make one with `grantry keys`".to_owned(),
        }
    }

    /// These, but with links that are links.
    pub fn linked(self) -> Self {
        Self { link: "/link".to_owned(), ..self }
    }

    /// The same text everywhere.
    pub fn same(text: &str) -> Self {
        let all = || text.to_owned();
        Self {
            client: all(),
            site: all(),
            person: all(),
            username: all(),
            scope: all(),
            detail: all(),
            sealed: all(),
            path: all(),
            link: all(),
            problem: all(),
        }
    }
}

/// Input that tries to be more than text.
pub const HOSTILE: [&str; 8] = [
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "</style></title></textarea><svg/onload=alert(1)>",
    "javascript:alert(1)//<b>",
    "a\u{202E}gnp.exe\u{2066}\u{2069}\u{200B}<i>",
    "nul\u{0}<u>\u{7f}\u{1b}[31m",
    "{client}{{ 7*7 }}{% raw %}&lt;script&gt;<s>",
    " \t\r\n",
];

/// Every page in every state.
pub fn pages(values: &Values, brand: &Brand, catalogue: &Catalogue) -> Vec<(&'static str, Page)> {
    let look = Look { brand, catalogue };
    let hidden = [("interaction", values.sealed.as_str())];
    let source = FormSource::of("https://planner.northwind-aviation.example/callback").ok();
    let target = source.clone().map_or(FormTarget::SelfOnly, FormTarget::SelfAnd);
    let form = Form { action: &values.path, hidden: &hidden, target };
    let client = Client {
        name: &values.client,
        site: Some(&values.site),
        verified: true,
        logo: None,
        policy: Some("https://planner.northwind-aviation.example/privacy"),
        terms: Some(&values.link),
    };
    let person = Person { name: Some(&values.person), username: &values.username };

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
        let login = Login { form: form.clone(), client: Some(client), notice: None, username, problem };
        all.push((name, login.render(look)));
    }
    let bare = Login { form: form.clone(), client: None, notice: None, username: "", problem: None };
    all.push(("login-bare", bare.render(look)));
    let again = Login { notice: Some(Notice::SignInAgain), ..bare };
    all.push(("login-again", again.render(look)));
    all.extend(consents(values, &form, client, person, look));
    all.extend(own_pages(values, person, look));

    let accounts: Vec<Account<'_>> = [(person, true), (Person { name: None, ..person }, true), (person, false)]
        .map(|(person, signed_in)| Account { value: &values.sealed, person, signed_in })
        .to_vec();
    let choose = Choose {
        form: form.clone(),
        client: Some(client),
        notice: Some(Notice::SignedOutEverywhere),
        accounts: &accounts,
        other: Some(&values.link),
    };
    all.push(("choose", choose.render(look)));
    let logout = Logout { form: form.clone(), client: Some(client), person: Some(person), stay: Some(&values.link) };
    all.push(("logout", logout.render(look)));
    all.push(("logout-bare", Logout { form, client: None, person: None, stay: None }.render(look)));
    if let Some(source) = source {
        let parameters = [("code", values.sealed.as_str()), ("state", values.detail.as_str())];
        let post = FormPost {
            action: &values.path,
            target: FormTarget::Only(source),
            host: &values.site,
            parameters: &parameters,
            client,
        };
        all.push(("form-post", post.render(look)));
    }
    all
}

fn catalogues(values: &Values, client: Client<'_>, look: Look<'_>) -> Vec<(&'static str, Page)> {
    let picture = picture();
    let line = AppLine { client, description: &values.detail, connect: &values.link, connected: false };
    let lines = [
        AppLine { connected: true, client: Client { logo: picture.as_ref(), ..client }, ..line },
        line,
        AppLine { description: "", ..line },
    ];
    let all = Apps {
        query: &values.scope,
        apps: &lines,
        previous: Some(&values.link),
        next: Some("/apps?page=3"),
        account: Some("/account"),
    };
    let strangers = Apps { query: "", apps: &lines[1..], previous: None, next: None, account: None };
    let empty = Apps { apps: &[], ..strangers.clone() };
    let nothing = Apps { query: &values.client, ..empty.clone() };
    [("apps", all), ("apps-stranger", strangers), ("apps-empty", empty), ("apps-nothing-found", nothing)]
        .map(|(name, apps)| (name, apps.render(look)))
        .to_vec()
}

fn consents(
    values: &Values,
    form: &Form<'_>,
    client: Client<'_>,
    person: Person<'_>,
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
    let consent = Consent {
        form: form.clone(),
        client,
        person,
        switch: Some(&values.link),
        scopes: &six,
        lasting: Lasting::Days(90),
        return_to: ReturnTo::Site { host: &values.site },
    };
    let unverified = Consent {
        client: Client { verified: false, ..client },
        person: Person { name: None, ..person },
        return_to: ReturnTo::App { scheme: &values.site },
        lasting: Lasting::UntilDisconnected,
        ..consent.clone()
    };
    let short = Consent {
        scopes: &one,
        client: Client { site: None, policy: None, terms: None, ..client },
        switch: None,
        lasting: Lasting::Hours(1),
        return_to: ReturnTo::Device { host: "127.0.0.1:49152" },
        ..consent.clone()
    };
    let picture = picture();
    let pictured = Consent { client: Client { logo: picture.as_ref(), ..client }, ..consent.clone() };
    let choice = |ticked| Some(Choice { name: values.sealed.clone(), ticked });
    let chosen = [
        standard(StandardScope::OpenId),
        ScopeLine { choice: choice(true), ..standard(StandardScope::Email) },
        ScopeLine { choice: choice(false), ..api(true) },
    ];
    let optional = Consent { scopes: &chosen, ..consent.clone() };
    vec![
        ("consent-optional", optional.render(look)),
        ("consent", consent.render(look)),
        ("consent-logo", pictured.render(look)),
        ("consent-unverified", unverified.render(look)),
        ("consent-short", short.render(look)),
    ]
}

fn own_pages(values: &Values, person: Person<'_>, look: Look<'_>) -> Vec<(&'static str, Page)> {
    let scopes = [
        ScopeText::Standard(StandardScope::OpenId),
        ScopeText::Standard(StandardScope::Email),
        ScopeText::Api { title: &values.scope, description: None },
    ];
    let at = UnixTime::from_secs(1_800_000_000);
    let app =
        ConnectedApp { target: &values.sealed, name: Some(&values.client), scopes: &scopes, at, used_at: Some(at) };
    let apps = [app, ConnectedApp { name: None, scopes: &[], used_at: None, ..app }];
    let here = SignedInBrowser {
        target: None,
        device: Device { browser: Some("Firefox"), system: Some("Windows") },
        city: Some(&values.person),
        country: Some("GB"),
        seen: None,
        from: at,
        until: at,
    };
    let there = SignedInBrowser { target: Some(&values.username), seen: Some(at), ..here };
    let browsers = [
        here,
        there,
        SignedInBrowser { device: Device { browser: None, ..here.device }, city: None, ..there },
        SignedInBrowser { device: Device::default(), city: None, country: None, ..there },
    ];
    let here = SignedInBrowser { device: Device::default(), city: None, country: None, ..here };
    let activity = Happened::ALL.map(|happened| Activity { at, happened, app: Some(&values.client) });
    let full = AccountPage {
        action: &values.path,
        person,
        switch: Some(&values.link),
        notice: Some(Notice::Disconnected),
        apps: &apps,
        more_apps: 17,
        browsers: &browsers,
        more_browsers: 1,
        sign_out: Some("/logout"),
        activity: &activity,
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
        more_apps: 0,
        browsers: &[here],
        activity: &[],
        more_browsers: 0,
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
    let addresses: Vec<Address<'_>> =
        addresses.iter().map(|(label, url, readable)| Address { label, url, readable: *readable }).collect();
    let mut all = vec![(
        "landing",
        Landing { issuer: base, addresses: &addresses, docs: Some("https://docs.example/") }.render(look),
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
        all.push((name, InteractionGone { reason, start_again }.render(look)));
    }
    all.push(("logged-out", LoggedOut { sign_in: Some(&values.link), account_deleted: false }.render(look)));
    all.push(("logged-out-deleted", LoggedOut { sign_in: None, account_deleted: true }.render(look)));
    all.push(("logged-out-bare", LoggedOut { sign_in: None, account_deleted: false }.render(look)));
    let problems = ["MASTER_KEYS", "SIGNING_KEYS", values.detail.as_str()];
    let problems: Vec<Problem<'_>> = problems.iter().map(|name| Problem { name, what: &values.problem }).collect();
    all.push(("unavailable", Unavailable { problems: &problems }.render(look)));
    all
}

/// A client's logo: one green pixel.
pub fn picture() -> Option<Picture> {
    Picture::parse(
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNg2Cb2HwAC9AGu5ZtnQwAAAABJRU5ErkJggg==",
    )
    .ok()
}

/// The product's logo.
pub fn logo() -> Option<Logo> {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><rect width='8' height='8' rx='2' fill='#0b6'/></svg>";
    Logo::parse(&format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg))).ok()
}
