//! Where a sign-in came from, in the few words by which a user recognises it.

use serde::{Deserialize, Serialize};

/// How much of a `User-Agent` is looked at, in bytes: what tells browsers apart comes early.
const LOOKED_AT: usize = 512;

/// The most characters of a city's name.
const LONGEST_CITY: usize = 64;

/// What names a browser in a `User-Agent`, and the browser. Most browsers also name those that they are built on or pretend
/// to be, so the first that is found counts.
const BROWSERS: [(&str, &str); 13] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPiOS/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The same for systems: an Android device names Linux too, an iPhone macOS.
const SYSTEMS: [(&str, &str); 8] = [
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("FreeBSD", "FreeBSD"),
];

/// A browser, a system and a city. No version, no address and nothing else that would tell one user's browser from
/// another's, so that keeping it is no tracking. It proves nothing, because the sender of a request can write anything.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Origin {
    /// The browser: `Firefox`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// What it runs on: `Windows`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The city, as the network tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The country, by its code (ISO 3166-1 alpha-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl Origin {
    /// Of what a browser says of itself and the network of its address; what is not recognised is left out.
    #[must_use]
    pub fn of(user_agent: &str, city: Option<&str>, country: Option<&str>) -> Self {
        // A header that is longer is cut, unless that would be within a character: no browser sends such a thing.
        let looked_at = user_agent.get(..user_agent.len().min(LOOKED_AT)).unwrap_or_default();
        let named = |names: &[(&str, &str)]| {
            names.iter().find(|(mark, _)| looked_at.contains(mark)).map(|(_, name)| (*name).to_owned())
        };
        let is_city = |city: &&str| {
            !city.trim().is_empty() && city.chars().count() <= LONGEST_CITY && !city.chars().any(char::is_control)
        };
        // XX is an unknown country; anything that is no two letters is none, the Tor network's T1 among them.
        let is_country =
            |code: &&str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) && *code != "XX";
        Self {
            browser: named(&BROWSERS),
            system: named(&SYSTEMS),
            city: city.filter(is_city).map(ToOwned::to_owned),
            country: country.filter(is_country).map(ToOwned::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(user_agent: &str) -> (Option<String>, Option<String>) {
        let Origin { browser, system, .. } = Origin::of(user_agent, None, None);
        (browser, system)
    }

    #[test]
    fn browsers_are_known_by_what_they_are_and_not_by_what_they_pretend_to_be() {
        for (user_agent, browser, system) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Windows"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 \
                 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 CriOS/138.0.7204.53 Mobile/15E148 Safari/604.1",
                "Chrome",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
                 Safari/537.36 Edg/138.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 \
                 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet",
                "Android",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
                 Safari/537.36",
                "Chrome",
                "ChromeOS",
            ),
        ] {
            assert_eq!(device(user_agent), (Some(browser.to_owned()), Some(system.to_owned())), "{user_agent}");
        }
    }

    #[test]
    fn nothing_of_what_is_sent_is_kept() {
        assert_eq!(device(""), (None, None));
        assert_eq!(device("curl/8.14.1"), (None, None));
        assert_eq!(device("<b>Windows</b> Firefox/1 secret").0.as_deref(), Some("Firefox"));
        let late = "x".repeat(LOOKED_AT) + "Firefox/140.0";
        assert_eq!(device(&late), (None, None), "only the beginning is looked at");
        let cut = "x".repeat(LOOKED_AT - 1) + "é Firefox/140.0";
        assert_eq!(device(&cut), (None, None), "nor is anything cut within a character");
    }

    #[test]
    fn places_are_short_names_and_codes() {
        let place = |city, country| {
            let Origin { city, country, .. } = Origin::of("", city, country);
            (city, country)
        };
        let named = |text: &str| Some(text.to_owned());
        assert_eq!(place(Some("São Paulo"), Some("BR")), (named("São Paulo"), named("BR")));
        for country in ["XX", "T1", "br", "BRA", "B", ""] {
            assert_eq!(place(None, Some(country)), (None, None), "{country}");
        }
        for city in ["", "  ", "a\nb", &"a".repeat(LONGEST_CITY + 1)] {
            assert_eq!(place(Some(city), None), (None, None), "{city}");
        }
    }
}
