//! `/consent`: the page that asks the user whether an app may have access.

use askama::Template;

use crate::messages::{Catalogue, Phrase};
use crate::pages::brand::Brand;
use crate::pages::face::{Client, ClientFace, Person, PersonFace};
use crate::pages::look::{Form, Look, Page};
use crate::pages::scope::ScopeText;
use crate::pages::text;

/// The context of the consent page. Its form posts `decision=allow` or `decision=deny`.
#[derive(Clone, Debug)]
pub struct Consent<'a> {
    /// The form. Its hidden fields contain the consent ticket.
    pub form: Form<'a>,
    pub client: Client<'a>,
    pub person: Person<'a>,
    /// A link to sign in as another user.
    pub switch: Option<&'a str>,
    pub scopes: &'a [ScopeLine<'a>],
    pub lasting: Lasting,
    pub return_to: ReturnTo<'a>,
}

#[derive(Clone, Debug)]
pub struct ScopeLine<'a> {
    pub text: ScopeText<'a>,
    /// Whether the user's last consent for this app did not include it.
    pub new: bool,
    /// The checkbox, if the user can decline the scope.
    pub choice: Option<Choice>,
}

/// A checkbox.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    pub name: String,
    pub ticked: bool,
}

/// How long the access lasts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lasting {
    Days(u32),
    Hours(u32),
    UntilDisconnected,
}

/// The target of the verified redirect URI: where the browser goes after the decision.
#[derive(Clone, Copy, Debug)]
pub enum ReturnTo<'a> {
    /// An app on this device, by its private-use scheme (RFC 8252 7.1).
    App {
        /// The scheme without the colon.
        scheme: &'a str,
    },
    /// A program on this device (RFC 8252 7.3).
    Device {
        /// Loopback host and port.
        host: &'a str,
    },
    /// A website.
    Site {
        /// The host in ASCII, with the port if it is not 443.
        host: &'a str,
    },
}

#[derive(Template)]
#[template(path = "consent/consent.html")]
struct View<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    form: &'a Form<'a>,
    client: ClientFace<'a>,
    person: PersonFace<'a>,
    switch: Option<&'a str>,
    scopes: Vec<Scope>,
    optional: Vec<(Scope, &'a Choice)>,
    lasting: Lasting,
    destination: String,
    return_to: ReturnTo<'a>,
}

struct Scope {
    title: String,
    description: String,
    new: bool,
}

impl Consent<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let client = ClientFace::new(&self.client, t);
        let images = look.has_logo() || client.has_logo();
        let view = View {
            brand: look.brand,
            t,
            form: &self.form,
            client,
            person: PersonFace::new(&self.person),
            switch: self.switch.and_then(text::href),
            scopes: self.scopes.iter().filter(|line| line.choice.is_none()).map(|line| Scope::new(line, t)).collect(),
            optional: self
                .scopes
                .iter()
                .filter_map(|line| Some((Scope::new(line, t), line.choice.as_ref()?)))
                .collect(),
            lasting: self.lasting,
            destination: text::host(self.return_to.place()),
            return_to: self.return_to,
        };
        look.page(&view, images, &self.form.target)
    }
}

impl View<'_> {
    fn lasts(&self) -> Phrase<'_> {
        match self.lasting {
            Lasting::Days(count) => self.t.consent.lasts_days(count),
            Lasting::Hours(count) => self.t.consent.lasts_hours(count),
            Lasting::UntilDisconnected => Phrase::words(self.t.consent.lasts_until_disconnected),
        }
    }

    /// Whether the access ends by itself.
    const fn ends(&self) -> bool {
        !matches!(self.lasting, Lasting::UntilDisconnected)
    }

    fn returns(&self) -> Phrase<'_> {
        match self.return_to {
            ReturnTo::App { .. } => self.t.consent.return_app(&self.destination),
            ReturnTo::Device { .. } => self.t.consent.return_device(&self.destination),
            ReturnTo::Site { .. } => self.t.consent.return_site(&self.destination),
        }
    }
}

impl Scope {
    fn new(line: &ScopeLine<'_>, t: &Catalogue) -> Self {
        let (title, description) = line.text.texts(t);
        Self {
            title: text::visible(title, text::LINE),
            description: text::visible(description, text::SENTENCE),
            new: line.new,
        }
    }
}

impl Lasting {
    /// `seconds`, rounded up to hours, or to days from two days on. The page never names less time than the app gets.
    #[must_use]
    pub fn from_seconds(seconds: u32) -> Self {
        if seconds > 47 * 3_600 { Self::Days(seconds.div_ceil(86_400)) } else { Self::Hours(seconds.div_ceil(3_600)) }
    }
}

impl<'a> ReturnTo<'a> {
    const fn place(self) -> &'a str {
        match self {
            Self::App { scheme } => scheme,
            Self::Device { host } | Self::Site { host } => host,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (seconds, lasting) in [
            (1, Lasting::Hours(1)),
            (3_600, Lasting::Hours(1)),
            (86_400, Lasting::Hours(24)),
            (172_800, Lasting::Days(2)),
            (7_776_000, Lasting::Days(90)),
        ] {
            assert_eq!(Lasting::from_seconds(seconds), lasting, "{seconds}");
        }
    }
}
