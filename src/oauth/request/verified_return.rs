//! The proof that an answer may be sent: a registered client, one of its redirect URIs, an allowed response mode.

use url::form_urlencoded;

use super::rejection::Rejection;
use crate::base::address::{receiver, with_query};
use crate::base::named;
use crate::oauth::client::redirect_uri::{RedirectKind, RedirectUri};
use crate::oauth::client::{Client, Voucher};

named! {
    /// How the answer travels (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1).
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub enum ResponseMode {
        /// In the query of the redirect URI.
        #[default]
        Query = "query",
        /// As a form that the browser posts (OAuth 2.0 Form Post Response Mode).
        FormPost = "form_post",
    }
}

/// Where the answer to an authorization request goes. There is no other way to make a redirect to a client, and no other
/// way to make one of these than [`VerifiedReturn::verify`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifiedReturn {
    redirect_uri: String,
    kind: RedirectKind,
    mode: ResponseMode,
    state: Option<String>,
    issuer: String,
    client_name: String,
    voucher: Voucher,
}

/// An answer, ready for the browser.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// The browser is sent to this URL.
    Redirect(String),
    /// The browser posts a form.
    FormPost {
        action: String,
        /// Its fields.
        parameters: Vec<(&'static str, String)>,
        /// What users know the client by.
        client_name: String,
    },
}

impl VerifiedReturn {
    /// Whether `sent` is a redirect URI of `client`, and not an address of ours; what goes out is `sent`, byte for byte.
    #[must_use]
    pub fn verify(
        client: &Client,
        sent: &str,
        mode: ResponseMode,
        state: Option<String>,
        issuer: &str,
    ) -> Option<Self> {
        let kind = client.redirect_uri(sent).filter(|_| !RedirectUri::leads_to(sent, issuer))?.kind();
        Some(Self {
            redirect_uri: sent.to_owned(),
            kind,
            // No browser posts to an app's own scheme.
            mode: if kind == RedirectKind::PrivateScheme { ResponseMode::Query } else { mode },
            state,
            issuer: issuer.to_owned(),
            client_name: client.registration.name.clone(),
            voucher: client.voucher,
        })
    }

    /// Whether anybody vouches for the client. To others no refusal is sent on but by the user (RFC 9700 section 4.11.2):
    /// otherwise a client that registers itself could make the server lead users anywhere.
    #[must_use]
    pub fn is_vouched(&self) -> bool {
        self.voucher == Voucher::Administrator
    }

    /// Whether the client registered or describes itself.
    #[must_use]
    pub fn registered_itself(&self) -> bool {
        self.voucher == Voucher::Nobody
    }

    /// What users know the client by.
    #[must_use]
    pub fn client_name(&self) -> &str {
        &self.client_name
    }

    /// The redirect URI as it was sent.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Who answers.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The origin of the redirect URI; of an app's own address its scheme.
    #[must_use]
    pub fn origin(&self) -> &str {
        receiver(&self.redirect_uri)
    }

    /// Who receives the answer.
    #[must_use]
    pub const fn kind(&self) -> RedirectKind {
        self.kind
    }

    /// How the answer travels.
    #[must_use]
    pub const fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// Carries a code (RFC 6749 section 4.1.2, RFC 9207 section 2). `scope` is what was granted; `session_state` is that of
    /// `OpenID` Connect Session Management section 3.
    #[must_use]
    pub fn with_code(&self, code: String, scope: String, session_state: String) -> Delivery {
        self.with(vec![("code", code), ("scope", scope), ("session_state", session_state)])
    }

    /// The same for a client of the JSON facade, which expects code, state and iss and nothing else.
    #[must_use]
    pub fn with_code_alone(&self, code: String) -> Delivery {
        self.with(vec![("code", code)])
    }

    /// Carries a refusal (RFC 6749 section 4.1.2.1).
    #[must_use]
    pub fn with_error(&self, rejection: &Rejection) -> Delivery {
        self.with(vec![("error", rejection.code().to_owned()), ("error_description", rejection.to_string())])
    }

    fn with(&self, mut parameters: Vec<(&'static str, String)>) -> Delivery {
        parameters.extend(self.state.clone().map(|state| ("state", state)));
        parameters.push(("iss", self.issuer.clone()));
        match self.mode {
            ResponseMode::Query => Delivery::Redirect(self.with_query(&parameters)),
            ResponseMode::FormPost => Delivery::FormPost {
                action: self.redirect_uri.clone(),
                parameters,
                client_name: self.client_name.clone(),
            },
        }
    }

    /// Adds parameters to the registered query, which stays as it is (RFC 6749 section 3.1.2).
    fn with_query(&self, parameters: &[(&str, String)]) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        with_query(&self.redirect_uri, &query)
    }
}
