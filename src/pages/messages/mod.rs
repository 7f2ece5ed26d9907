//! Every text of every page, once per language.
//!
//! A catalogue is a struct with one field per text, so a language that lacks one does not compile. Texts with
//! placeholders have a method of the same name that takes each placeholder by its own parameter; a test compares the
//! placeholders written with those declared. A new language is a new file beside [`english`] and a line in
//! [`CATALOGUES`].

pub mod english;
pub mod pseudo;

use std::borrow::Cow;
use std::fmt;

/// The languages that exist, the default first.
pub static CATALOGUES: [&Catalogue; 1] = [&english::ENGLISH];

/// A text filled with values. The values stay apart from the words, so that a template can isolate them (`bdi`).
#[derive(Clone, Debug)]
pub struct Phrase<'a> {
    parts: Vec<Part<'a>>,
}

/// A piece of a [`Phrase`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part<'a> {
    /// Ours.
    Words(&'a str),
    /// Filled in.
    Value(&'a str),
}

/// One text as the checks see it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The field.
    pub key: &'static str,
    /// The declared placeholders.
    pub placeholders: &'static [&'static str],
    /// The text.
    pub text: &'a str,
}

impl<'a> Phrase<'a> {
    fn new(text: &'a str, values: &[(&str, &'a str)]) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            if !words.is_empty() {
                parts.push(Part::Words(words));
            }
            parts.extend(values.iter().find(|(key, _)| *key == name).map(|(_, value)| Part::Value(value)));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Words(rest));
        }
        Self { parts }
    }

    /// A value alone, where a phrase is asked for.
    #[must_use]
    pub fn value(text: &'a str) -> Self {
        Self { parts: vec![Part::Value(text)] }
    }

    /// A text without placeholders, where a phrase is asked for.
    #[must_use]
    pub fn words(text: &'a str) -> Self {
        Self { parts: vec![Part::Words(text)] }
    }

    /// Its pieces in order.
    #[must_use]
    pub fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }
}

impl fmt::Display for Phrase<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| part.fmt(formatter))
    }
}

impl Part<'_> {
    /// Whether it was filled in.
    #[must_use]
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(text) | Self::Value(text) => formatter.write_str(text),
        }
    }
}

impl Catalogue {
    /// The languages that there are, as BCP 47 tags.
    #[must_use]
    pub fn languages() -> Vec<&'static str> {
        CATALOGUES.iter().map(|catalogue| catalogue.language.as_ref()).collect()
    }

    /// The catalogue for a list of language tags, most wanted first: `ui_locales` (OpenID Connect Core 3.1.2.1) or
    /// `Accept-Language` in the order browsers write it. Only the primary language counts.
    #[must_use]
    pub fn for_preferences(list: &str) -> &'static Self {
        let [default, ..] = CATALOGUES;
        list.split([',', ' '])
            .filter_map(|tag| tag.split(['-', '_', ';']).next())
            .find_map(|wanted| CATALOGUES.into_iter().find(|one| one.language.eq_ignore_ascii_case(wanted.trim())))
            .unwrap_or(default)
    }
}

macro_rules! catalogue {
    (
        $( $(#[$text_doc:meta])* $text:ident, )*
        ;
        $( $(#[$phrase_doc:meta])* $phrase:ident($($name:ident),+), )*
    ) => {
        /// All texts in one language.
        #[derive(Clone, Debug)]
        pub struct Catalogue {
            /// BCP 47 tag, for `lang`.
            pub language: Cow<'static, str>,
            /// `ltr` or `rtl`, for `dir`.
            pub direction: &'static str,
            $( $(#[$text_doc])* pub $text: Cow<'static, str>, )*
            $( $(#[$phrase_doc])* pub $phrase: Cow<'static, str>, )*
        }

        impl Catalogue {
            $(
                $(#[$phrase_doc])*
                #[must_use]
                pub fn $phrase<'a>(&'a self, $($name: &'a str),+) -> Phrase<'a> {
                    Phrase::new(&self.$phrase, &[$((stringify!($name), $name)),+])
                }
            )*

            /// Every text, for checks.
            #[must_use]
            pub fn entries(&self) -> Vec<Entry<'_>> {
                vec![
                    $( Entry { key: stringify!($text), placeholders: &[], text: &self.$text }, )*
                    $( Entry {
                        key: stringify!($phrase),
                        placeholders: &[$(stringify!($name)),+],
                        text: &self.$phrase,
                    }, )*
                ]
            }

            /// This catalogue with every text changed, under another language tag.
            fn map(&self, language: &'static str, change: impl Fn(&str) -> String) -> Self {
                Self {
                    language: Cow::Borrowed(language),
                    direction: self.direction,
                    $( $text: Cow::Owned(change(&self.$text)), )*
                    $( $phrase: Cow::Owned(change(&self.$phrase)), )*
                }
            }
        }
    };
}

catalogue! {
    /// Account: its heading.
    account_title,
    /// Account: over the apps.
    account_apps,
    /// Account: there are no apps.
    account_apps_none,
    /// Account: in place of the name of an app that does not exist any more.
    account_app_gone,
    /// Account: an app that has not done anything.
    account_app_unused,
    /// Account: the button that disconnects an app.
    account_disconnect,
    /// Account: an app was disconnected.
    account_disconnected,
    /// Account: over the browsers.
    account_sessions,
    /// Account: the browser one looks at.
    account_this_browser,
    /// Account: any other.
    account_other_browser,
    /// Account: the button that signs out in one browser.
    account_sign_out,
    /// Account: the button that signs out in all other browsers.
    account_others,
    /// Account: one was signed out in all other browsers.
    account_others_ended,
    /// Account: one was signed out in another browser.
    account_session_ended,
    /// Account: the button that ends everything.
    account_everywhere,
    /// Account: what that means.
    account_everywhere_text,
    /// Account: everything was ended.
    account_signed_out_everywhere,
    /// Account: something needs a recent sign-in.
    account_sign_in_again,
    /// Catalogue: badge of an app that who is signed in has connected.
    apps_connected,
    /// Catalogue: the way to where apps are disconnected.
    apps_manage,
    /// Catalogue: what the links to other pages are.
    apps_pages,
    /// Catalogue: the page behind.
    apps_next,
    /// Catalogue: nothing is published.
    apps_none,
    /// Catalogue: the page before.
    apps_previous,
    /// Catalogue: over the field of the search.
    apps_search,
    /// Catalogue: the button of the search.
    apps_search_submit,
    /// Account chooser: its heading.
    choose_title,
    /// Account chooser: the way to an account that is not listed.
    choose_other,
    /// Account chooser: an account whose session has ended.
    choose_signed_out,
    /// Consent: the button that allows.
    consent_allow,
    /// Consent: the button that denies.
    consent_deny,
    /// Consent: over the list of scopes.
    consent_scopes,
    /// Consent: over the scopes that can be declined.
    consent_optional,
    /// Consent: beside a scope that was not asked for last time.
    consent_new,
    /// Consent: how long, until it is ended.
    consent_lasts_until_disconnected,
    /// Consent: how long, one hour.
    consent_lasts_hour,
    /// Consent: how long, one day.
    consent_lasts_day,
    /// Consent: that a limited one can be ended earlier.
    consent_end,
    /// Consent: over the person.
    consent_person,
    /// Consent: the way to another account.
    consent_switch,
    /// Consent: a warning about an app that nobody reviewed.
    consent_unverified_advice,
    /// Badge of an app that an administrator approved.
    client_verified,
    /// Badge of any other app.
    client_unverified,
    /// Link to the app's privacy policy.
    client_policy,
    /// Link to the app's terms.
    client_terms,
    /// In place of an app's name that shows nothing.
    nameless_app,
    /// Error: the app is at fault, heading.
    error_app_title,
    /// Error: the app is at fault, what to do.
    error_app_help,
    /// Error: too many requests, heading.
    error_busy_title,
    /// Error: too many requests, what to do.
    error_busy_help,
    /// Error: not allowed, heading.
    error_denied_title,
    /// Error: not allowed, what to do.
    error_denied_help,
    /// Error: no such page, heading.
    error_missing_title,
    /// Error: no such page, what to do.
    error_missing_help,
    /// Error: our fault, heading.
    error_ours_title,
    /// Error: our fault, what to do.
    error_ours_help,
    /// Error: over the technical lines.
    error_details,
    /// Error: a link that repeats the step.
    error_retry,
    /// Form Post: the button.
    form_post_continue,
    /// Stale sign-in page: its heading.
    gone_title,
    /// Stale sign-in page: it was answered before.
    /// Stale sign-in page: it belongs to another browser.
    gone_foreign,
    /// Stale sign-in page: it took too long.
    gone_stale,
    /// Stale sign-in page: the link.
    gone_start_again,
    /// Stale sign-in page: what to do without a link.
    gone_back,
    /// Landing: over the addresses.
    landing_addresses,
    /// Landing: before the issuer.
    landing_issuer,
    /// Landing: for people who came by accident.
    landing_people,
    /// Landing: the link to the documentation.
    landing_docs,
    /// Logged out: its heading.
    logged_out_title,
    /// Logged out: what it means.
    logged_out_text,
    /// Logged out: the link back.
    logged_out_back,
    /// Login: its heading.
    login_title,
    /// Login: label of the user name.
    login_username,
    /// Login: label of the password.
    login_password,
    /// Login: the button.
    login_submit,
    /// Login: nothing was entered.
    login_missing,
    /// Login: user name or password is wrong.
    login_refused,
    /// Login: too many attempts, the time is not told.
    login_locked,
    /// Login: the sign-in could not be checked.
    login_unavailable,
    /// Logout: the button.
    logout_confirm,
    /// Logout: the way back.
    logout_stay,
    /// Logout: what it means.
    logout_text,
    /// Standard scope `address`.
    scope_address,
    /// Standard scope `address`, in detail.
    scope_address_detail,
    /// Standard scope `email`.
    scope_email,
    /// Standard scope `email`, in detail.
    scope_email_detail,
    /// Standard scope `offline_access`.
    scope_offline,
    /// Standard scope `offline_access`, in detail.
    scope_offline_detail,
    /// Standard scope `openid`.
    scope_openid,
    /// Standard scope `openid`, in detail.
    scope_openid_detail,
    /// Standard scope `phone`.
    scope_phone,
    /// Standard scope `phone`, in detail.
    scope_phone_detail,
    /// Standard scope `profile`.
    scope_profile,
    /// Standard scope `profile`, in detail.
    scope_profile_detail,
    /// Account: over what needs a recent sign-in, where there was none.
    account_prove,
    /// Account: the button that leads to it.
    account_prove_submit,
    /// Password: the button, and over its form.
    password_change,
    /// Password: what a change ends.
    password_change_text,
    /// Password: it was changed.
    password_changed,
    /// Password: label of the present one.
    password_current,
    /// Password: label of the new one.
    password_new,
    /// Password: label of the new one for the second time.
    password_again,
    /// Password: what makes a good one.
    password_rules,
    /// Password: it is the login name.
    password_is_name,
    /// Password: a field is empty.
    password_missing,
    /// Password: the present one is wrong, or was tried too often.
    password_refused,
    /// Password: too long.
    password_too_long,
    /// Password: too short.
    password_too_short,
    /// Password: the two new ones are not the same.
    passwords_differ,
    /// Activity: its heading.
    activity_title,
    /// Activity: an administrator changed the profile.
    activity_changed,
    /// Activity: an administrator disabled the account.
    activity_disabled,
    /// Activity: an administrator enabled it.
    activity_enabled,
    /// Activity: too many wrong passwords.
    activity_locked_out,
    /// Activity: the person changed her password.
    activity_password_changed,
    /// Activity: an administrator set it.
    activity_password_set,
    /// Activity: a sign-in.
    activity_signed_in,
    /// Account: over what takes a recent sign-in.
    account_security,
    /// Deleting: the account is gone, heading.
    account_deleted_title,
    /// Deleting: what that means.
    account_deleted_text,
    /// Deleting: the button, and over its form.
    delete_account,
    /// Deleting: what it does.
    delete_account_text,
    /// Deleting: another name was typed.
    delete_name_differs,
    /// Before the title of a page that shows a mistake: the first thing a screen reader says.
    title_error,
    /// Configuration problems: the heading.
    unavailable_title,
    /// Configuration problems: for visitors.
    unavailable_people,
    /// Configuration problems: what the operator does.
    unavailable_help,
    /// Configuration problems: over the list.
    unavailable_problems,
    ;
    /// Account: when an app was allowed what it may do.
    account_app_since(day),
    /// Account: when an app last did something.
    account_app_used(day),
    /// Activity: an app was allowed something.
    activity_allowed(app),
    /// Activity: an app was disconnected.
    activity_disconnected(app),
    /// Activity: an app could not be told that the person signed out.
    activity_logout_not_delivered(app),
    /// Activity: an app's access was presented by two.
    activity_replayed(app),
    /// Deleting: label of the field for the user name.
    delete_confirm(name),
    /// Account: a browser by its name and what it runs on.
    account_device(browser, system),
    /// Account: where one signed in: a city and the code of its country.
    account_place(city, country),
    /// Account: when a browser was last seen.
    account_session_seen(time),
    /// Account: how many more there are than are listed.
    account_more(count),
    /// Account: since when one is signed in.
    account_session_from(time),
    /// Account: until when one is signed in.
    account_session_until(time),
    /// Catalogue: nothing was found.
    apps_nothing_found(query),
    /// Catalogue: its heading.
    apps_title(product),
    /// Account chooser: for which app.
    choose_for(client),
    /// Consent: its heading.
    consent_title(client, product),
    /// Consent: how long, in hours.
    consent_lasts_hours(count),
    /// Consent: how long, in days.
    consent_lasts_days(count),
    /// Consent: where the person is sent, a site.
    consent_return_site(host),
    /// Consent: where the person is sent, an app by its scheme.
    consent_return_app(scheme),
    /// Consent: where the person is sent, a program on this device.
    consent_return_device(host),
    /// Error: the number to give.
    error_request(id),
    /// Form Post: its heading.
    form_post_title(client),
    /// Form Post: where the person is sent.
    form_post_text(host),
    /// Landing: its heading.
    landing_title(product),
    /// Landing: what this is.
    landing_text(product),
    /// Login: for which app.
    login_for(client),
    /// Logout: its heading.
    logout_title(product),
    /// Logout: which app asks for it.
    logout_for(client),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<String> {
        let mut names: Vec<String> =
            text.split('{').skip(1).map(|rest| rest.split_once('}').expect(text).0.to_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn every_text_exists_and_its_placeholders_match() {
        let pseudo = pseudo::catalogue();
        for catalogue in CATALOGUES.into_iter().chain([&pseudo]) {
            for entry in catalogue.entries() {
                let mut declared: Vec<String> = entry.placeholders.iter().map(|name| (*name).to_owned()).collect();
                declared.sort();
                assert!(!entry.text.trim().is_empty(), "{}", entry.key);
                assert_eq!(written(entry.text), declared, "{} of {}", entry.key, catalogue.language);
            }
        }
    }

    #[test]
    fn values_stay_apart_from_words() {
        let phrase = Phrase::new("{a} and {b}!", &[("a", "{b}"), ("b", "<b>")]);
        assert_eq!(phrase.parts(), [Part::Value("{b}"), Part::Words(" and "), Part::Value("<b>"), Part::Words("!")]);
        assert_eq!(phrase.to_string(), "{b} and <b>!");
    }

    #[test]
    fn preferences() {
        for list in ["", "de", "en-GB,en;q=0.9", "tlh en", "*", ";;,, "] {
            assert_eq!(Catalogue::for_preferences(list).language, "en", "{list}");
        }
    }
}
