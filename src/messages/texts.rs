//! Which texts there are: in words first, then with placeholders.

use std::borrow::Cow;

use super::{Entry, Phrase};

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
    /// Account: the way to the apps that are not on this page.
    account_apps_more,
    /// Account: the way back from them.
    account_apps_first,
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
    /// Account: there are more than are listed.
    account_browsers_more,
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
    /// Catalogue: the way to connect an app.
    apps_connect,
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
    #[doc = "Portal: its heading."] developer_title,
    #[doc = "Portal: there are no apps."] developer_none,
    #[doc = "Portal: the link to the form of a new app, and its heading."] developer_new,
    #[doc = "Portal: the link to the documentation."] developer_docs,
    #[doc = "Portal: the link to the list."] developer_back,
    #[doc = "Portal: over the person."] developer_person,
    #[doc = "Portal: the heading for who has not the role."] developer_denied_title,
    #[doc = "Portal: no more apps."] developer_full,
    #[doc = "Portal: badge of a published app."] developer_listed,
    #[doc = "Portal: badge of an app whose publication waits."] developer_requested,
    #[doc = "Portal: an app was deleted."] developer_deleted,
    #[doc = "Portal: changes were saved."] developer_saved,
    #[doc = "Portal: changes were saved, and the app has left the catalogue."] developer_waits_again,
    #[doc = "Portal: a form was sent twice."] developer_made_before,
    #[doc = "Portal: the earlier secret was ended."] developer_secret_ended,
    #[doc = "Portal: the app is in the catalogue."] developer_published,
    #[doc = "Portal: the administrator is asked."] developer_asked,
    #[doc = "Portal: the app is not in the catalogue."] developer_withdrawn,
    #[doc = "Portal: somebody else changed the app."] developer_changed,
    #[doc = "Portal: the logo was changed."] developer_logo_saved,
    #[doc = "Portal: an app without a site cannot be published."] developer_needs_site,
    #[doc = "Portal: something needs a recent sign-in."] developer_sign_in_again,
    #[doc = "Form: something is wrong."] developer_form_problem,
    #[doc = "Form: label."] developer_name,
    #[doc = "Form: hint."] developer_name_hint,
    #[doc = "Form: problem."] developer_name_bad,
    #[doc = "Form: label."] developer_redirects,
    #[doc = "Form: hint."] developer_redirects_hint,
    #[doc = "Form: problem."] developer_redirects_bad,
    #[doc = "Form: over the kinds of apps."] developer_kind,
    #[doc = "Form: a kind."] developer_kind_basic,
    #[doc = "Form: a kind."] developer_kind_basic_hint,
    #[doc = "Form: a kind."] developer_kind_post,
    #[doc = "Form: a kind."] developer_kind_post_hint,
    #[doc = "Form: a kind."] developer_kind_public,
    #[doc = "Form: a kind."] developer_kind_public_hint,
    #[doc = "Form: over the scopes."] developer_scopes,
    #[doc = "Form: problem."] developer_scopes_bad,
    #[doc = "Form: label."] developer_site,
    #[doc = "Form: hint."] developer_site_hint,
    #[doc = "Form: problem."] developer_site_bad,
    #[doc = "Form: label."] developer_description,
    #[doc = "Form: hint."] developer_description_hint,
    #[doc = "Form: problem."] developer_description_bad,
    #[doc = "Form: label."] developer_policy,
    #[doc = "Form: label."] developer_terms,
    #[doc = "Form: problem."] developer_link_bad,
    #[doc = "Form: label."] developer_logouts,
    #[doc = "Form: hint."] developer_logouts_hint,
    #[doc = "Form: the button of a new app."] developer_create,
    #[doc = "Form: the button of an app that is there."] developer_save,
    #[doc = "App: over the settings."] developer_settings,
    #[doc = "App: what changes cost."] developer_face_hint,
    #[doc = "App: over the credentials."] developer_credentials,
    #[doc = "App: label of the identifier."] developer_client_id,
    #[doc = "App: label of the secret."] developer_secret,
    #[doc = "App: the secret that is good."] developer_secret_current,
    #[doc = "App: a public app."] developer_secret_none,
    #[doc = "App: the button."] developer_rotate,
    #[doc = "App: what that means."] developer_rotate_text,
    #[doc = "App: the button."] developer_end_old,
    #[doc = "App: over the logo."] developer_logo,
    #[doc = "App: hint."] developer_logo_hint,
    #[doc = "App: label of the file."] developer_logo_label,
    #[doc = "App: the button."] developer_logo_send,
    #[doc = "App: the button."] developer_logo_remove,
    #[doc = "App: problem."] developer_logo_bad,
    #[doc = "App: problem."] developer_logo_missing,
    #[doc = "App: over the publication."] developer_catalogue,
    #[doc = "App: not published."] developer_catalogue_hidden,
    #[doc = "App: published."] developer_catalogue_listed,
    #[doc = "App: waits."] developer_catalogue_requested,
    #[doc = "App: the button where nobody has to approve."] developer_publish,
    #[doc = "App: the button where somebody has to."] developer_request,
    #[doc = "App: the button."] developer_withdraw,
    #[doc = "App: the button, and its heading."] developer_delete,
    #[doc = "App: what that means."] developer_delete_text,
    #[doc = "Deletion: the button."] developer_delete_confirm,
    #[doc = "Deletion: the way back."] developer_delete_keep,
    #[doc = "Credentials: the warning."] developer_once,
    #[doc = "Credentials: a public app."] developer_no_secret,
    #[doc = "Credentials: the way on."] developer_on,
    #[doc = "Documentation: the way to the portal."] docs_portal,
    #[doc = "Documentation: over the endpoints."] docs_endpoints,
    #[doc = "Documentation: over the scopes."] docs_scopes,
    #[doc = "Documentation: over the scopes about people."] docs_person,
    #[doc = "Documentation: before the audience of an API."] docs_audience,
    #[doc = "Documentation: over the grants and lifetimes."] docs_grants,
    #[doc = "Documentation: label."] docs_code,
    #[doc = "Documentation: label."] docs_refresh,
    #[doc = "Documentation: label."] docs_machine,
    #[doc = "Documentation: the grant of machines."] docs_machine_text,
    #[doc = "Documentation: label."] docs_access,
    #[doc = "Documentation: label."] docs_id_token,
    #[doc = "Documentation: over the commands."] docs_try,
    #[doc = "Documentation: how the commands work."] docs_try_text,
    #[doc = "Documentation: before what a command answers."] docs_answer,
    #[doc = "Documentation: a command."] docs_try_setup,
    #[doc = "Documentation: a command."] docs_try_discovery,
    #[doc = "Documentation: a command."] docs_try_authorize,
    #[doc = "Documentation: a command."] docs_try_authorize_text,
    #[doc = "Documentation: a command."] docs_try_token,
    #[doc = "Documentation: a command."] docs_try_token_text,
    #[doc = "Documentation: a command."] docs_try_userinfo,
    #[doc = "Documentation: a command."] docs_try_refresh,
    #[doc = "Documentation: a command."] docs_try_introspect,
    #[doc = "Documentation: a command."] docs_try_introspect_text,
    #[doc = "Documentation: a command."] docs_try_machine,
    #[doc = "Documentation: a command."] docs_try_revoke,
    #[doc = "Documentation: a command."] docs_try_error,
    #[doc = "Documentation: over the errors."] docs_errors,
    #[doc = "Documentation: over errors."] docs_errors_authorize,
    #[doc = "Documentation: over errors."] docs_errors_page,
    #[doc = "Documentation: over errors."] docs_errors_token,
    #[doc = "Documentation: over errors."] docs_errors_bearer,
    #[doc = "Documentation: a code."] docs_error_invalid_client,
    #[doc = "Documentation: a code."] docs_error_invalid_grant,
    #[doc = "Documentation: a code."] docs_error_invalid_request,
    #[doc = "Documentation: a code."] docs_error_invalid_scope,
    #[doc = "Documentation: a code."] docs_error_invalid_target,
    #[doc = "Documentation: a code."] docs_error_unauthorized_client,
    #[doc = "Documentation: a code."] docs_error_unsupported_grant_type,
    #[doc = "Documentation: a code."] docs_error_insufficient_scope,
    #[doc = "Documentation: a code."] docs_error_invalid_token,
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
    /// Before an unverified app: its heading.
    onward_title,
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
    /// Activity: the way to what happened earlier.
    activity_more,
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
    #[doc = "Portal: what it is for."] developer_text(product),
    #[doc = "Portal: whom to ask."] developer_denied_text(product),
    #[doc = "Form: the whole is refused, for a reason of the registration."] developer_form_refused(reason),
    #[doc = "Form: problem with one line."] developer_address_bad(line),
    #[doc = "App: an earlier secret."] developer_secret_earlier(time),
    #[doc = "Deletion: its heading."] developer_delete_title(client),
    #[doc = "Credentials: heading of a new app."] developer_ready_title(client),
    #[doc = "Credentials: heading of a new secret."] developer_rotated_title(client),
    #[doc = "Credentials: until when the earlier secret works."] developer_overlap(time),
    #[doc = "Documentation: its heading."] docs_title(product),
    #[doc = "Documentation: what it is."] docs_text(product),
    #[doc = "Documentation: the code grant."] docs_code_text(time),
    #[doc = "Documentation: the refresh grant."] docs_refresh_text(idle, longest),
    #[doc = "Documentation: how long an access token lives."] docs_access_text(time),
    #[doc = "Documentation: how long an ID token lives."] docs_id_token_text(time),
    #[doc = "Documentation: a time."] docs_seconds(count),
    #[doc = "Documentation: a time."] docs_minutes(count),
    #[doc = "Documentation: a time."] docs_hours(count),
    #[doc = "Documentation: a time."] docs_days(count),
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
    /// Before an unverified app: what happened.
    onward_text(client),
    /// Before an unverified app: where the button leads.
    onward_host(host),
}
