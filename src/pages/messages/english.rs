//! English.
//!
//! Plain words, the person addressed, no jargon; "sign in", never "log in"; "app", never "client".

use std::borrow::Cow;

use super::Catalogue;

const fn text(text: &'static str) -> Cow<'static, str> {
    Cow::Borrowed(text)
}

/// The English texts, which are also the default.
pub static ENGLISH: Catalogue = Catalogue {
    language: text("en"),
    direction: "ltr",

    account_title: text("Your account"),
    account_apps: text("Connected apps"),
    account_apps_none: text("No app is connected to your account."),
    account_app_gone: text("An app that is gone"),
    account_app_unused: text("not used yet"),
    account_disconnect: text("Disconnect"),
    account_disconnected: text("The app is disconnected."),
    account_sessions: text("Where you are signed in"),
    account_this_browser: text("This browser"),
    account_other_browser: text("Another browser"),
    account_sign_out: text("Sign out"),
    account_others: text("Sign out in all other browsers"),
    account_others_ended: text("You are signed out in all other browsers."),
    account_session_ended: text("You are signed out in that browser."),
    account_everywhere: text("Sign out everywhere"),
    account_everywhere_text: text(
        "If something looks wrong, sign out everywhere: in all browsers, this one included. Connected apps stop working \
         until you sign in to them again.",
    ),
    account_signed_out_everywhere: text("You are signed out everywhere."),
    account_sign_in_again: text("First show that it is you: sign in again."),
    activity_title: text("What happened"),
    activity_changed: text("An administrator changed your details"),
    activity_disabled: text("An administrator closed your account for a time"),
    activity_enabled: text("An administrator opened your account again"),
    activity_locked_out: text("Too many wrong passwords: signing in was stopped for a while"),
    activity_password_changed: text("You changed your password"),
    activity_password_set: text("An administrator set a new password"),
    activity_signed_in: text("You signed in"),
    activity_allowed: text("You allowed {app} to access your account"),
    activity_disconnected: text("You disconnected {app}"),
    activity_logout_not_delivered: text("{app} could not be told that you signed out"),
    activity_replayed: text("Somebody used access of {app} a second time: it was ended"),
    account_security: text("Password and account"),
    account_deleted_title: text("Your account is deleted"),
    account_deleted_text: text("You are signed out everywhere, and no app reaches your account any more."),
    delete_account: text("Delete your account"),
    delete_account_text: text(
        "Your account, your sign-in and every connection to an app are deleted at once and for good. Nobody can bring them back.",
    ),
    delete_name_differs: text("This is not your user name. Type it as you do when you sign in."),
    delete_confirm: text("To confirm, type your user name: {name}"),
    account_prove: text("You signed in some time ago. To change or delete anything here, first show that it is you."),
    account_prove_submit: text("Sign in again"),
    password_change: text("Change password"),
    password_change_text: text(
        "You stay signed in here and are signed out everywhere else. Connected apps ask you to sign in again.",
    ),
    password_changed: text("Your password is changed. You are signed out everywhere else."),
    password_current: text("Current password"),
    password_new: text("New password"),
    password_again: text("New password again"),
    password_rules: text("8 to 128 characters of any kind. Length counts most: a few words that nobody would guess."),
    password_is_name: text("A password must not be your user name. Choose another one."),
    password_missing: text("Enter your current password, and the new one twice."),
    password_refused: text("The current password is wrong, or was tried too often. Check it, or try again later."),
    password_too_long: text("The new password is too long. It can have 128 characters."),
    password_too_short: text("The new password is too short. It needs at least 8 characters."),
    passwords_differ: text("The two new passwords are not the same."),
    account_app_since: text("Allowed on {day}"),
    account_app_used: text("last used on {day}"),
    account_device: text("{browser} on {system}"),
    account_place: text("{city}, {country}"),
    account_session_seen: text("Last seen {time}"),
    account_more: text("And {count} more"),
    account_session_from: text("Signed in {time}"),
    account_session_until: text("Ends {time}"),
    apps_connected: text("Connected"),
    apps_manage: text("See and disconnect your apps"),
    apps_next: text("More apps"),
    apps_none: text("There are no apps yet."),
    apps_nothing_found: text("No app matches {query}. Try fewer or other words."),
    apps_pages: text("Pages"),
    apps_previous: text("Previous apps"),
    apps_search: text("Search by name or by what an app does"),
    apps_search_submit: text("Search"),
    apps_title: text("Apps for {product}"),

    choose_title: text("Choose an account"),
    choose_other: text("Use another account"),
    choose_signed_out: text("Signed out"),
    choose_for: text("to continue to {client}"),

    consent_title: text("{client} wants to access your {product} account"),
    consent_optional: text("Only if you tick it"),
    consent_allow: text("Allow"),
    consent_deny: text("Deny"),
    consent_scopes: text("If you allow this, the app can:"),
    consent_new: text("New"),
    consent_lasts_until_disconnected: text("Access lasts until you disconnect the app, which you can do at any time."),
    consent_lasts_hour: text("Access lasts one hour."),
    consent_lasts_hours: text("Access lasts {count} hours."),
    consent_lasts_day: text("Access lasts one day."),
    consent_lasts_days: text("Access lasts {count} days."),
    consent_end: text("You can disconnect the app earlier at any time."),
    consent_person: text("Signed in as"),
    consent_switch: text("Not you?"),
    consent_unverified_advice: text("Nobody has reviewed this app yet. Allow it only if you trust its makers."),
    consent_return_site: text("You then go to {host}"),
    consent_return_app: text("You then go to the app {scheme} on this device"),
    consent_return_device: text("You then go to a program on this device, {host}"),

    client_verified: text("Verified"),
    client_unverified: text("Not verified"),
    client_policy: text("Privacy policy"),
    client_terms: text("Terms of service"),
    nameless_app: text("An app without a name"),

    error_app_title: text("This app’s request can’t be completed"),
    error_app_help: text(
        "The app that sent you here asked in a way this server does not accept. Go back to the app and try again. If it \
         happens again, tell the app’s makers.",
    ),
    error_busy_title: text("That was a bit too fast"),
    error_busy_help: text("There were too many attempts in a short time. Wait a minute, then try again."),
    error_denied_title: text("You can’t continue with this account"),
    error_denied_help: text(
        "What the app asked for is not allowed for you. If you have another account, sign in with that one, or ask your \
         administrator.",
    ),
    error_missing_title: text("There is no page here"),
    error_missing_help: text("Check the address, or go back to the app you came from."),
    error_ours_title: text("Something went wrong on our side"),
    error_ours_help: text("It was nothing you did. Wait a moment, then try again."),
    error_details: text("Details for support"),
    error_retry: text("Try again"),
    error_request: text("If you ask for help, give this number: {id}"),

    form_post_title: text("Continue to {client}"),
    form_post_text: text("The button takes you back to {host}"),
    form_post_continue: text("Continue"),

    gone_title: text("This sign-in page is no longer in use"),
    gone_foreign: text("It was opened in another browser, or cookies were cleared since then."),
    gone_stale: text("It was open for a long time, so it was closed to keep your account safe."),
    gone_start_again: text("Start again"),
    gone_back: text("Go back to the app you came from and sign in from there."),

    landing_title: text("{product} authorization server"),
    landing_text: text(
        "Apps connect to {product} here, with OAuth 2.1 and OpenID Connect. Give your OAuth library the issuer; it finds \
         the rest by itself.",
    ),
    landing_addresses: text("Addresses"),
    landing_issuer: text("Issuer"),
    landing_people: text("Here by accident? Open the app you want to use. It brings you to the sign-in page."),
    landing_docs: text("Read the documentation"),

    logged_out_title: text("You are signed out"),
    logged_out_text: text("You can close this window. On a shared computer, close the browser as well."),
    logged_out_back: text("Sign in again"),

    login_title: text("Sign in"),
    login_for: text("to continue to {client}"),
    login_username: text("Email or user name"),
    login_password: text("Password"),
    login_submit: text("Sign in"),
    login_missing: text("Enter your user name and your password."),
    login_refused: text("The user name or the password is wrong. Check both and try again."),
    login_locked: text("There were too many attempts. Wait some minutes, then try again."),
    login_unavailable: text("Your sign-in could not be checked just now. Try again in a moment."),

    logout_title: text("Sign out of {product}?"),
    logout_for: text("{client} asks to sign you out."),
    logout_text: text("You will be signed out in this browser. Apps that ask to be told sign you out as well."),
    logout_confirm: text("Sign out"),
    logout_stay: text("Stay signed in"),

    scope_address: text("See your address"),
    scope_address_detail: text("The postal address of your account"),
    scope_email: text("See your email address"),
    scope_email_detail: text("And whether it has been confirmed"),
    scope_offline: text("Stay connected while you are away"),
    scope_offline_detail: text("The app may use its access when you are not using the app"),
    scope_openid: text("Know who you are"),
    scope_openid_detail: text("A number that identifies your account, and when you signed in"),
    scope_phone: text("See your phone number"),
    scope_phone_detail: text("And whether it has been confirmed"),
    scope_profile: text("See your profile"),
    scope_profile_detail: text("Name, picture, language and other public details"),

    title_error: text("Error"),

    unavailable_title: text("This service is not ready"),
    unavailable_people: text("Its setup is not finished. Please come back later."),
    unavailable_help: text(
        "For the operator: correct every setting listed here, then deploy again. Until then all requests are answered \
         with this page.",
    ),
    unavailable_problems: text("Settings to correct"),
};
