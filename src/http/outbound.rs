//! Addresses of other servers that this server requests by itself: a client's keys, the members of a sector, the receiver of a
//! logout token.
//!
//! They are part of a client's registration, so they must lead to public servers only. Names are not resolved here: the platform
//! sends every request over the public network (`global_fetch_strictly_public`).

use crate::base::Address;

/// The longest address, in bytes.
pub const MAX_LENGTH: usize = 2_000;

/// Names that are no public server's, with everything below them (RFC 6761, RFC 6762, RFC 8375, and what private networks
/// use).
const SPECIAL: [&str; 8] = ["arpa", "home", "internal", "intranet", "lan", "local", "localhost", "onion"];

/// An address that may be requested, as it was written. Only [`Outbound::admit`] makes one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutboundUrl(String);

impl OutboundUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where requests may go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outbound {
    own_origin: String,
    own_host: Option<String>,
    exceptions: Vec<String>,
}

/// Why an address may not be requested.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotAdmitted {
    /// Its host is an address in some spelling, or a name that is no public server's.
    #[error("the host must be the name of a public server, not an IP address")]
    Host,
    /// It is not https.
    #[error("the address must be https")]
    Insecure,
    /// It is not written as every parser reads it, or has a user or a fragment.
    #[error("the address must be in its normal form, without user and fragment, and have at most 2000 characters")]
    NotNormal,
    /// It is an address of this server.
    #[error("the address must not be this server's own")]
    Own,
    /// Its port is not 443.
    #[error("the port must be 443")]
    Port,
    /// Not an absolute URL.
    #[error("the address must be an absolute URL")]
    Syntax,
}

impl Outbound {
    /// Everywhere public but to `own_origin`; and to the `exceptions`, which are origins.
    #[must_use]
    pub fn new(own_origin: &str, exceptions: Vec<String>) -> Self {
        let own_host = Address::parse(own_origin).and_then(|own| own.host().map(ToOwned::to_owned));
        Self { own_origin: own_origin.to_owned(), own_host, exceptions }
    }

    /// Whether an address is on our own origin.
    #[must_use]
    pub fn is_own(&self, text: &str) -> bool {
        Address::parse(text).and_then(|address| address.origin()).as_deref() == Some(self.own_origin.as_str())
    }

    /// Judges an address.
    ///
    /// # Errors
    /// [`NotAdmitted`].
    pub fn admit(&self, text: &str) -> Result<OutboundUrl, NotAdmitted> {
        if text.len() > MAX_LENGTH || !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['#', '\\']) {
            return Err(NotAdmitted::NotNormal);
        }
        let address = Address::parse(text).filter(|address| address.host().is_some()).ok_or(NotAdmitted::Syntax)?;
        let origin = address.origin().ok_or(NotAdmitted::Insecure)?;
        if origin == self.own_origin {
            return Err(NotAdmitted::Own);
        }
        if !self.exceptions.contains(&origin) {
            self.is_elsewhere_and_public(&address)?;
        }
        if address.is_normal() && !address.has_user() {
            Ok(OutboundUrl(text.to_owned()))
        } else {
            Err(NotAdmitted::NotNormal)
        }
    }

    fn is_elsewhere_and_public(&self, address: &Address<'_>) -> Result<(), NotAdmitted> {
        if address.scheme() != "https" {
            return Err(NotAdmitted::Insecure);
        }
        if self.own_host.as_deref() == address.host() {
            return Err(NotAdmitted::Own);
        }
        // The parser has turned decimal, octal and hexadecimal spellings into addresses.
        let name = address.host_name().ok_or(NotAdmitted::Host)?;
        let (below, top) = name.rsplit_once('.').ok_or(NotAdmitted::Host)?;
        if below.is_empty() || top.is_empty() || SPECIAL.contains(&top) {
            return Err(NotAdmitted::Host);
        }
        // The parser leaves out the port that https has anyway.
        if address.port().is_some() { Err(NotAdmitted::Port) } else { Ok(()) }
    }
}

/// Reads a list of exceptions: origins, separated by blanks or commas.
///
/// # Errors
/// When one is no origin of http or https, written as `http://127.0.0.1:1234`.
pub fn parse_exceptions(text: &str) -> Result<Vec<String>, &'static str> {
    let origin = |part: &str| {
        let origin = Address::parse(part).and_then(|address| address.origin());
        (origin.as_deref() == Some(part))
            .then(|| part.to_owned())
            .ok_or("must be a list of origins like http://127.0.0.1:1234, separated by spaces or commas")
    };
    text.split([' ', ',', '\t', '\n']).filter(|part| !part.is_empty()).map(origin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound() -> Outbound {
        Outbound::new("https://auth.example.com", vec!["http://127.0.0.1:1234".to_owned()])
    }

    #[test]
    fn public_servers_may_be_asked() {
        for text in [
            "https://app.example.org",
            "https://app.example.org/",
            "https://app.example.org/jwks.json?v=1",
            "https://example.org/a/b%20c",
            "https://xn--bcher-kva.example/keys",
            "https://local.example.org/keys",
            "https://127.0.0.1.example.org/keys",
            "http://127.0.0.1:1234/jwks",
        ] {
            assert_eq!(outbound().admit(text).as_ref().map(OutboundUrl::as_str), Ok(text));
        }
    }

    // spec: Invariant 13 - addresses that clients register lead to public https servers by name alone
    #[test]
    fn other_addresses_are_not_admitted() {
        use NotAdmitted as N;
        for (text, problem) in [
            ("app.example.org/jwks", N::Syntax),
            ("/jwks", N::Syntax),
            ("data:text/plain,x", N::Syntax),
            ("http://app.example.org/jwks", N::Insecure),
            ("ftp://app.example.org/jwks", N::Insecure),
            ("https://127.0.0.1/jwks", N::Host),
            ("https://127.1/jwks", N::Host),
            ("https://2130706433/jwks", N::Host),
            ("https://0x7f000001/jwks", N::Host),
            ("https://0177.0.0.1/jwks", N::Host),
            ("https://10.0.0.1/jwks", N::Host),
            ("https://169.254.169.254/latest/meta-data", N::Host),
            ("https://8.8.8.8/jwks", N::Host),
            ("https://[::1]/jwks", N::Host),
            ("https://[::ffff:127.0.0.1]/jwks", N::Host),
            ("https://[64:ff9b::7f00:1]/jwks", N::Host),
            ("https://[2606:4700::1111]/jwks", N::Host),
            ("https://localhost/jwks", N::Host),
            ("https://localhost./jwks", N::Host),
            ("https://api.localhost/jwks", N::Host),
            ("https://printer.local/jwks", N::Host),
            ("https://metadata.google.internal/jwks", N::Host),
            ("https://router.lan/jwks", N::Host),
            ("https://1.0.0.127.in-addr.arpa/jwks", N::Host),
            ("https://intranet/jwks", N::Host),
            ("https://app.example.org./jwks", N::Host),
            ("https://app.example.org:8443/jwks", N::Port),
            ("https://app.example.org:80/jwks", N::Port),
            ("https://app.example.org:443/jwks", N::NotNormal),
            ("https://user@app.example.org/jwks", N::NotNormal),
            ("https://user:secret@app.example.org/jwks", N::NotNormal),
            ("https://app.example.org/jwks#", N::NotNormal),
            ("https://app.example.org/jwks#x", N::NotNormal),
            ("https://app.example.org/a/../jwks", N::NotNormal),
            ("https://app.example.org/%2e%2e/jwks", N::NotNormal),
            ("https://app.example.org\\@evil.example/", N::NotNormal),
            ("https://APP.example.org/jwks", N::NotNormal),
            ("https://b\u{fc}cher.example/jwks", N::NotNormal),
            ("https://app.example.org/a b", N::NotNormal),
            (" https://app.example.org/jwks", N::NotNormal),
            ("https://auth.example.com/jwks", N::Own),
            ("https://auth.example.com:8443/jwks", N::Own),
            ("http://127.0.0.1:1235/jwks", N::Insecure),
            ("http://127.0.0.1/jwks", N::Insecure),
            ("https://127.0.0.1:1234/jwks", N::Host),
            ("http://user@127.0.0.1:1234/jwks", N::NotNormal),
            ("http://127.0.0.1:1234/jwks#x", N::NotNormal),
            ("http://0x7f.1:1234/jwks", N::NotNormal),
        ] {
            assert_eq!(outbound().admit(text), Err(problem), "{text}");
        }
        let long = format!("https://app.example.org/{}", "x".repeat(MAX_LENGTH));
        assert_eq!(outbound().admit(&long), Err(N::NotNormal));
    }

    #[test]
    fn no_exception_leads_to_ourselves() {
        let own = Outbound::new("http://localhost:8787", vec!["http://localhost:8787".to_owned()]);
        assert_eq!(own.admit("http://localhost:8787/jwks"), Err(NotAdmitted::Own));
    }

    #[test]
    fn exceptions_are_origins() {
        assert_eq!(parse_exceptions(""), Ok(Vec::new()));
        let two = vec!["http://127.0.0.1:1234".to_owned(), "https://localhost:8443".to_owned()];
        assert_eq!(parse_exceptions("http://127.0.0.1:1234, https://localhost:8443"), Ok(two));
        for text in ["*", "127.0.0.1:1234", "http://127.0.0.1:1234/", "https://a.example/b", "file:///etc", "https://A"]
        {
            assert!(parse_exceptions(text).is_err(), "{text}");
        }
    }
}
