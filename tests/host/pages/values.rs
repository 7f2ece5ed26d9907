//! The values that the pages are filled with: ordinary ones, and those of an attacker.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantry::oauth::client::presentation::Picture;
use grantry::pages::Logo;

/// The values of one rendering. Everything here may come from a stranger.
pub struct Values {
    pub(super) client: String,
    pub(super) site: String,
    pub(super) person: String,
    pub(super) username: String,
    pub(super) scope: String,
    pub(super) detail: String,
    pub(super) sealed: String,
    pub(super) path: String,
    pub(super) link: String,
    pub(super) problem: String,
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
