//! The texts of errors.

texts! {
    /// Error pages.
    ErrorTexts {
        /// Before the title of a page that shows a mistake: the first thing a screen reader says.
        in_title = "Error";
        app_title = "This app’s request can’t be completed";
        app_help = "The app that sent you here made a request that this server does not accept. Go back to the app and try \
            again. If it happens again, contact the app’s developer.";
        busy_title = "Too many requests";
        busy_help = "Wait a few minutes, then try again.";
        denied_title = "You can’t continue with this account";
        denied_help = "Your account doesn’t have permission to do this. Ask your administrator for access, or sign in with \
            another account.";
        missing_title = "Page not found";
        missing_help = "Check the address, or go back to the app you came from.";
        ours_title = "Something went wrong on our side";
        ours_help = "It’s not your fault. Wait a moment, then try again.";
        /// Over the technical lines.
        details = "Details for support";
        retry = "Try again";
        request(id) = "If you ask for help, quote this reference: {id}";
    }
}

texts! {
    /// A request to an address that is not the issuer's.
    MisdirectedTexts {
        title = "This server doesn’t answer at this address";
        people = "If a link led you here, go back to the app it came from. Otherwise contact the operator of this server.";
        /// Over what the operator can do.
        operator = "For the operator";
        asked = "Address of this request";
        /// The setting.
        issuer = "ISSUER";
        /// The first way out.
        serve(address) = "To use this address: set ISSUER to {address}, then deploy again. A new ISSUER signs all users out, and \
            apps have to be connected again.";
        /// The other way out.
        bind(issuer) = "To use {issuer}: make its host a custom domain of this Worker, then open that address.";
    }
}

texts! {
    /// A sign-in page that cannot be used any more.
    GoneTexts {
        title = "This sign-in page has expired";
        foreign = "It was opened in another browser, or your cookies have been deleted since then.";
        stale = "To keep your account safe, a sign-in page can only be used for a limited time.";
        start_again = "Start again";
        /// Where there is no link to start again.
        back = "Go back to the app you came from and sign in from there.";
    }
}

texts! {
    /// A deployment whose configuration has problems.
    UnavailableTexts {
        title = "This service isn’t ready yet";
        people = "Its setup isn’t finished. Please try again later.";
        problems = "Settings to correct";
        help = "For the operator: correct every setting listed here, then deploy again. Until then, every request gets this \
            page.";
    }
}
