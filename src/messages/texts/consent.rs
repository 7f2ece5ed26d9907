//! The texts of `/consent`, and of the pages on the way back to an app.

texts! {
    /// The consent page.
    ConsentTexts {
        title(client, product) = "{client} wants to access your {product} account";
        allow = "Allow";
        deny = "Deny";
        /// Over the list of scopes.
        scopes = "If you allow this, the app can:";
        /// Over the scopes that the user can leave out.
        optional = "Optional";
        /// Beside a scope that the app did not ask for last time.
        new = "New";
        lasts_until_disconnected = "Access lasts until you disconnect the app. You can do that at any time.";
        lasts_hours(count) = one "Access lasts one hour.", other "Access lasts {count} hours.";
        lasts_days(count) = one "Access lasts one day.", other "Access lasts {count} days.";
        /// Follows `lasts_hours` or `lasts_days`.
        end = "You can disconnect the app sooner at any time.";
        unverified_advice = "No one has reviewed this app yet. Allow it only if you trust its developer.";
        return_site(host) = "You’ll be sent to {host}";
        /// The app is known by the scheme of its address: com.example.app.
        return_app(scheme) = "You’ll be sent to the app {scheme} on this device";
        /// The host is the device itself: 127.0.0.1:8080.
        return_device(host) = "You’ll be sent to a program on this device: {host}";
    }
}

texts! {
    /// What is said of an app wherever it is shown.
    ClientTexts {
        /// Badge of an app that an administrator approved.
        verified = "Verified";
        unverified = "Not verified";
        policy = "Privacy policy";
        terms = "Terms of service";
        /// In place of a name that shows nothing.
        nameless = "An unnamed app";
    }
}

texts! {
    /// The page that posts an authorization response to the app.
    FormPostTexts {
        title(client) = "Continue to {client}";
        text(host) = "You’ll be sent back to {host}";
    }
}

texts! {
    /// The page that an error passes on its way to an unverified app.
    OnwardTexts {
        /// The fault follows.
        title = "This app’s request was refused";
        /// For an app that a developer registered.
        not_reviewed(client) = "{client} was registered by a developer, and no administrator has reviewed it yet. If you didn’t mean \
            to use it, close this page.";
        /// For an app that registered or describes itself.
        registered_itself(client) = "{client} registered itself, and no one has checked who runs it. If you didn’t mean to use it, \
            close this page.";
    }
}

texts! {
    /// The scopes of OpenID Connect. Each text completes the sentence "the app can".
    ScopeTexts {
        address = "See your address";
        address_detail = "The postal address of your account";
        email = "See your email address";
        /// Follows `email` or `phone`.
        confirmed_detail = "And whether it has been confirmed";
        offline = "Keep access when you’re not using the app";
        offline_detail = "The app can work in the background";
        openid = "Know who you are";
        openid_detail = "An ID for your account, and when you signed in";
        phone = "See your phone number";
        profile = "See your profile";
        profile_detail = "Such as your name, picture, date of birth and language";
    }
}
