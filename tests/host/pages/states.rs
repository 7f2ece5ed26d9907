//! Every page in every state, filled with given values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantry::base::{Seconds, UnixTime};
use grantry::oauth::api::ApiScope;
use grantry::oauth::client::presentation::Picture;
use grantry::pages::developer::{
    AppPage, Command, Credentials, DeleteApp, DeveloperApps, DeveloperDenied, DeveloperNotice, Docs, DocsApi,
    DocsError, Existing, Field, FieldProblem, Fields, Kind, KindChoice, Lifetimes, Listing, LogoProblem, OwnApp,
    ScopeChoice, Secrets,
};
use grantry::pages::{
    Account, AccountPage, AccountProblem, Activity, Address, Advice, AppLine, Apps, Brand, Catalogue, Choice, Choose,
    Client, ConnectedApp, Consent, Device, ErrorPage, Form, FormPost, FormSource, FormTarget, Gone, Happened,
    InteractionGone, Landing, Lasting, LoggedOut, Login, LoginProblem, Logo, Logout, Look, Notice, Onward, Page,
    Person, Problem, ReturnTo, ScopeLine, ScopeText, Sensitive, SignedInBrowser, StandardScope, Unavailable, Used, Way,
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
    all.extend(portal(values, client, person, look));
    all.extend(forms(values, client, look));
    all.push(("developer-docs", docs(values, look)));

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
            target: FormTarget::Only(source.clone()),
            host: &values.site,
            parameters: &parameters,
            client,
        };
        all.push(("form-post", post.render(look)));
        let (code, description) =
            ("invalid_scope", "The scope is malformed or contains a scope that this client may not request.");
        let way = Way::Link(&values.path);
        let link = Onward { client, host: &values.site, way, code, description };
        all.push(("onward", link.render(look)));
        let way = Way::Form { action: &values.path, parameters: &parameters, target: FormTarget::Only(source) };
        all.push(("onward-form", Onward { way, ..link }.render(look)));
    }
    all
}

fn catalogues(values: &Values, client: Client<'_>, look: Look<'_>) -> Vec<(&'static str, Page)> {
    let picture = picture();
    let line = AppLine { client, description: &values.detail, connect: &values.link, disconnect: None };
    let lines = [
        AppLine { disconnect: Some(&values.client), client: Client { logo: picture.as_ref(), ..client }, ..line },
        line,
        AppLine { description: "", ..line },
    ];
    let all = Apps {
        query: &values.scope,
        apps: &lines,
        previous: Some(&values.link),
        next: Some("/apps?page=3"),
        action: "/apps?page=2",
        account: Some("/account"),
        notice: Some(Notice::Disconnected),
    };
    let strangers =
        Apps { query: "", apps: &lines[1..], previous: None, next: None, account: None, notice: None, ..all.clone() };
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
        ConnectedApp { target: &values.sealed, name: Some(&values.client), scopes: &scopes, at, used: Used::At(at) };
    let unused = ConnectedApp { name: None, scopes: &[], used: Used::Never, ..app };
    let apps = [app, unused, ConnectedApp { used: Used::Unknown, ..app }];
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

fn portal(values: &Values, client: Client<'_>, person: Person<'_>, look: Look<'_>) -> Vec<(&'static str, Page)> {
    let picture = picture();
    let app = |client, listing| OwnApp { client, link: &values.link, listing };
    let apps = [
        app(Client { logo: picture.as_ref(), ..client }, Listing::Listed),
        app(Client { verified: false, ..client }, Listing::Requested),
        app(client, Listing::Hidden),
    ];
    let list = DeveloperApps {
        person,
        switch: Some(&values.link),
        notice: Some(DeveloperNotice::Deleted),
        apps: &apps,
        create: Some("/developer/new"),
        docs: "/developer/docs",
    };
    let empty = DeveloperApps { apps: &[], notice: None, ..list.clone() };
    let full = DeveloperApps { apps: &apps[1..], notice: None, create: None, ..list.clone() };
    let denied = DeveloperDenied { person, switch: Some(&values.link), docs: Some("/developer/docs") };
    let made = Credentials {
        client,
        id: &values.username,
        secret: Some(&values.detail),
        earlier_until: None,
        is_new: true,
        app: &values.link,
        docs: "/developer/docs",
    };
    let at = UnixTime::from_secs(1_800_000_000);
    let rotated = Credentials { is_new: false, earlier_until: Some(at), ..made.clone() };
    let public = Credentials { secret: None, ..made.clone() };
    vec![
        ("developer", list.render(look)),
        ("developer-empty", empty.render(look)),
        ("developer-full", full.render(look)),
        ("developer-denied", denied.render(look)),
        ("developer-made", made.render(look)),
        ("developer-rotated", rotated.render(look)),
        ("developer-public", public.render(look)),
        ("developer-delete", DeleteApp { client, action: &values.link, version: &values.sealed }.render(look)),
    ]
}

fn forms(values: &Values, client: Client<'_>, look: Look<'_>) -> Vec<(&'static str, Page)> {
    let picture = picture();
    let kinds = [Kind::Basic, Kind::Post, Kind::Public].map(|kind| KindChoice { kind, checked: kind == Kind::Basic });
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
        client: Client { logo: picture.as_ref(), ..client },
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
        let client = Client { verified: false, ..client };
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

fn docs(values: &Values, look: Look<'_>) -> Page {
    let base = "https://id.northwind-aviation.example";
    let token = format!("{base}/token");
    let endpoints = [
        Address { label: "Discovery", url: base, readable: true },
        Address { label: "Token", url: &token, readable: false },
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
        Command::Setup("CLIENT_ID='YOUR_CLIENT_ID'".to_owned(), &[]),
        Command::Token(command, &["access_token", "token_type", "expires_in"]),
        Command::Revoke(values.detail.clone(), &[]),
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
    let docs = Docs {
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
