//! `/consent`, and the pages on the way back to the app: the one between an error and an unverified app, where the user decides
//! whether to go on (RFC 9700 section 4.11.2), and the one of the OAuth 2.0 Form Post Response Mode. Its script submits the
//! form at once; browsers without scripts show a button.

use askama::Template;

use crate::messages::{Catalogue, Phrase};
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{ClientFace, PersonFace, ShownClient, ShownPerson};
use crate::pages::look::{Form, Look, Page};
use crate::pages::scope::ScopeText;
use crate::pages::text;

/// The context of the consent page. Its form posts `decision=allow` or `decision=deny`.
#[derive(Clone, Debug)]
pub struct ConsentPage<'a> {
    /// The form. Its hidden fields contain the consent ticket.
    pub form: Form<'a>,
    pub client: ShownClient<'a>,
    pub person: ShownPerson<'a>,
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
struct ConsentView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    form: &'a Form<'a>,
    client: ClientFace<'a>,
    person: PersonFace<'a>,
    switch: Option<&'a str>,
    scopes: Vec<ScopeLineView>,
    optional: Vec<(ScopeLineView, &'a Choice)>,
    lasting: Lasting,
    destination: String,
    return_to: ReturnTo<'a>,
}

struct ScopeLineView {
    title: String,
    description: String,
    new: bool,
}

impl ConsentPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let client = ClientFace::new(&self.client, t);
        let images = look.has_logo() || client.has_logo();
        let view = ConsentView {
            brand: look.brand,
            t,
            form: &self.form,
            client,
            person: PersonFace::new(&self.person),
            switch: self.switch.and_then(text::href),
            scopes: self
                .scopes
                .iter()
                .filter(|line| line.choice.is_none())
                .map(|line| ScopeLineView::new(line, t))
                .collect(),
            optional: self
                .scopes
                .iter()
                .filter_map(|line| Some((ScopeLineView::new(line, t), line.choice.as_ref()?)))
                .collect(),
            lasting: self.lasting,
            destination: text::host(self.return_to.place()),
            return_to: self.return_to,
        };
        look.page(&view, images, &self.form.target)
    }
}

impl ConsentView<'_> {
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

impl ScopeLineView {
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

/// The context of the page.
#[derive(Clone, Debug)]
pub struct OnwardPage<'a> {
    pub client: ShownClient<'a>,
    /// Whether nobody registered the app but itself.
    pub registered_itself: bool,
    /// The host of the redirect URI.
    pub host: &'a str,
    pub way: Way<'a>,
    /// The OAuth error code.
    pub code: &'static str,
    /// The error for developers.
    pub description: &'a str,
}

/// How the response is sent once the user confirms.
#[derive(Clone, Debug)]
pub enum Way<'a> {
    Form {
        /// The verified redirect URI.
        action: &'a str,
        /// The response parameters.
        parameters: &'a [(&'a str, &'a str)],
        /// The scheme of the redirect URI, for the policy.
        target: FormTarget,
    },
    /// By a link to the verified redirect URI with the parameters. A private-use scheme gets no link, because any app can
    /// claim it.
    Link(&'a str),
}

#[derive(Template)]
#[template(path = "consent/onward.html")]
struct OnwardView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    client: ClientFace<'a>,
    registered_itself: bool,
    host: String,
    link: Option<&'a str>,
    action: Option<&'a str>,
    parameters: &'a [(&'a str, &'a str)],
    code: &'static str,
    description: &'a str,
}

impl OnwardPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let none = FormTarget::None;
        let (link, action, parameters, target) = match &self.way {
            Way::Form { action, parameters, target } => (None, Some(*action), *parameters, target),
            Way::Link(link) => (text::href(link), None, &[][..], &none),
        };
        let client = ClientFace::new(&self.client, look.catalogue);
        let view = OnwardView {
            brand: look.brand,
            t: look.catalogue,
            client,
            registered_itself: self.registered_itself,
            host: text::host(self.host),
            link,
            action,
            parameters,
            code: self.code,
            description: self.description,
        };
        look.page(&view, look.has_logo(), target)
    }
}

/// The context of the page that posts an authorization response to the client.
#[derive(Clone, Debug)]
pub struct FormPostPage<'a> {
    /// The verified redirect URI.
    pub action: &'a str,
    /// The scheme of the redirect URI, for the policy.
    pub target: FormTarget,
    pub host: &'a str,
    /// The response parameters, delivered unchanged.
    pub parameters: &'a [(&'a str, &'a str)],
    pub client: ShownClient<'a>,
}

#[derive(Template)]
#[template(path = "consent/form_post.html")]
struct FormPostView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    action: &'a str,
    host: String,
    parameters: &'a [(&'a str, &'a str)],
    client: ClientFace<'a>,
    script: &'static str,
}

const SCRIPT: &str = "document.forms[0].submit()";

impl FormPostPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let client = ClientFace::new(&self.client, look.catalogue);
        let images = look.has_logo() || client.has_logo();
        let view = FormPostView {
            brand: look.brand,
            t: look.catalogue,
            action: self.action,
            host: text::host(self.host),
            parameters: self.parameters,
            client,
            script: SCRIPT,
        };
        look.page_with(Some(SCRIPT), &view, images, &self.target)
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
