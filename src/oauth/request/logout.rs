//! The logout request (`OpenID` Connect RP-Initiated Logout 1.0 section 2).

use url::form_urlencoded;

use crate::base::address::with_query;
use crate::http::Parameters;
use crate::oauth::client::redirect_uri::RedirectUri;
use crate::oauth::client::{Client, ClientId};

/// The parameters of a request that are looked at, and how long each may be: what is longer was not made for us, and is
/// repeated in no address. The others are for other implementations (`logout_hint`, `ui_locales`).
const PARAMETERS: [(&str, usize); 4] =
    [("id_token_hint", 8_192), ("client_id", 2_048), ("post_logout_redirect_uri", 2_048), ("state", 1_024)];

/// What a logout request says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LogoutRequest(Vec<(&'static str, String)>);

/// Where the browser goes after a logout: a registered client, one of its post-logout redirect URIs. There is no other way
/// to make one than [`PostLogoutReturn::verify`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PostLogoutReturn {
    uri: String,
    state: Option<String>,
}

impl LogoutRequest {
    /// Takes what is looked at out of `parameters`.
    #[must_use]
    pub fn of(parameters: &Parameters) -> Self {
        let sent = |(name, longest)| {
            let value = parameters.get(name).filter(|value| value.len() <= longest)?;
            Some((name, value.to_owned()))
        };
        Self(PARAMETERS.into_iter().filter_map(sent).collect())
    }

    /// The parameters as they were sent, for a form or a link that repeats the request.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The ID token that names the session to end.
    #[must_use]
    pub fn id_token_hint(&self) -> Option<&str> {
        self.get("id_token_hint")
    }

    /// Whether the request names another client than the one that its hint was issued to.
    #[must_use]
    pub fn contradicts(&self, client: &ClientId) -> bool {
        self.get("client_id").is_some_and(|named| named != client.as_str())
    }

    /// Where the browser goes afterwards, if the request says so and `client` registered it.
    #[must_use]
    pub fn return_to(&self, client: &Client, issuer: &str) -> Option<PostLogoutReturn> {
        let state = self.get("state").map(ToOwned::to_owned);
        PostLogoutReturn::verify(client, self.get("post_logout_redirect_uri")?, state, issuer)
    }

    /// Whether it says where to go afterwards.
    #[must_use]
    pub fn wants_to_return(&self) -> bool {
        self.get("post_logout_redirect_uri").is_some()
    }
}

impl PostLogoutReturn {
    /// Whether `sent` is one of the client's, compared as redirect URIs are.
    #[must_use]
    pub fn verify(client: &Client, sent: &str, state: Option<String>, issuer: &str) -> Option<Self> {
        let registered = &client.registration.logout.post_logout_redirect_uris;
        let is_theirs = registered.iter().any(|uri| uri.matches(sent)) && !RedirectUri::leads_to(sent, issuer);
        is_theirs.then(|| Self { uri: sent.to_owned(), state })
    }

    /// The address, which carries the state that was sent and nothing else.
    #[must_use]
    pub fn address(&self) -> String {
        let Some(state) = &self.state else {
            return self.uri.clone();
        };
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish();
        with_query(&self.uri, &query)
    }

    /// The address without what is added to it.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }
}
