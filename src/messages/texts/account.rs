//! The texts of `/account`.

texts! {
    /// The user's own page.
    AccountTexts {
        title = "Your account";
        apps = "Connected apps";
        apps_none = "No apps are connected to your account.";
        /// In place of the name of an app that does not exist any more.
        app_gone = "A deleted app";
        /// Under the name that an app had when the user allowed it.
        app_renamed(name) = "This app now calls itself {name}.";
        /// Under the name of an app that has another website, another logo or other addresses now.
        app_changed = "This app has changed its website, logo or addresses since you allowed it.";
        /// Under the name of an app that does not exist any more.
        app_deleted = "This app has been deleted.";
        /// Follows `app_since` on the same line.
        app_unused = "not used yet";
        app_since(day) = "Allowed on {day}";
        /// Follows `app_since` on the same line.
        app_used(day) = "last used on {day}";
        disconnect = "Disconnect";
        disconnected = "The app has been disconnected.";
        apps_more = "More apps";
        apps_first = "Back to the first apps";
        /// Over the list of browsers.
        sessions = "Where you’re signed in";
        this_browser = "This browser";
        other_browser = "Another browser";
        /// A browser and its operating system: Firefox on Windows.
        device(browser, system) = "{browser} on {system}";
        /// Where the user signed in: a city and the code of its country.
        place(city, country) = "{city}, {country}";
        session_seen(time) = "Last seen on {time}";
        session_from(time) = "Signed in on {time}";
        session_until(time) = "Expires on {time}";
        others = "Sign out of all other browsers";
        others_ended = "You have been signed out of all other browsers.";
        /// A form was sent that was shown to another user of this browser.
        other_user = "Nothing was changed, because that page belonged to another user. Check who is signed in now, then try again.";
        session_ended = "You have been signed out of that browser.";
        browsers_more = "You’re signed in on more browsers than are listed here. To end all sessions, sign out everywhere.";
        everywhere = "Sign out everywhere";
        everywhere_text = "If something looks wrong, sign out everywhere. This ends all sessions, including this one. Connected \
            apps stop working until you sign in to them again.";
        signed_out_everywhere = "You have been signed out everywhere.";
        /// Why a sign-in is asked for, over the sign-in form.
        confirm_identity = "Confirm that it’s you: sign in again to continue.";
        /// Over what needs a recent sign-in.
        security = "Password and account";
        /// In place of what needs a recent sign-in.
        sign_in_first = "You signed in a while ago. To make changes here, confirm that it’s you by signing in again.";
    }
}

texts! {
    /// What happened on the account.
    ActivityTexts {
        title = "Recent activity";
        more = "Earlier activity";
        changed = "An administrator updated your details";
        disabled = "An administrator disabled your account";
        enabled = "An administrator enabled your account again";
        locked_out = "Sign-in was blocked temporarily after too many wrong passwords";
        password_changed = "You changed your password";
        password_set = "An administrator set a new password for your account";
        signed_in = "You signed in";
        allowed(app) = "You allowed {app} to access your account";
        disconnected(app) = "You disconnected {app}";
        logout_not_delivered(app) = "{app} couldn’t be notified that you signed out, so you may still be signed in there";
        /// A refresh token was used twice, which points to a theft. All tokens of the app were revoked.
        replayed(app) = "Access for {app} was revoked because it may have been stolen";
    }
}

texts! {
    /// Deleting the account.
    DeletionTexts {
        /// Heading and button.
        title = "Delete your account";
        text = "This permanently deletes your account and disconnects all apps. It can’t be undone.";
        /// Label of the field for the user name.
        confirm(name) = "To confirm, type your user name: {name}";
        name_differs = "This isn’t your user name. Type it the way you do when you sign in.";
        done_title = "Your account has been deleted";
        done_text = "You have been signed out everywhere, and apps no longer have access to your account.";
    }
}

texts! {
    /// Changing the password.
    PasswordTexts {
        /// Heading and button.
        change = "Change password";
        change_text = "You’ll stay signed in here and be signed out everywhere else. Connected apps will ask you to sign in \
            again.";
        changed = "Your password has been changed. You have been signed out everywhere else.";
        current = "Current password";
        new = "New password";
        again = "Confirm new password";
        rules = "Use 8 to 128 characters. Longer is safer: try a few unrelated words.";
        is_name = "Your password can’t be your user name. Choose a different one.";
        missing = "Enter your current password once and the new password twice.";
        /// The page does not say which of the two it was.
        refused = "The current password is wrong, or there were too many attempts. Check it, or try again later.";
        too_long = "The new password is too long. Use at most 128 characters.";
        too_short = "The new password is too short. Use at least 8 characters.";
        differ = "The new passwords don’t match.";
    }
}
