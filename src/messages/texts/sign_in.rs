//! The texts of signing in and out, and those that many pages share.

texts! {
    /// What several pages say.
    CommonTexts {
        /// Over the name of the user.
        signed_in_as = "Signed in as";
        /// The link to another account, beside the name of the user.
        not_you = "Not you?";
        /// A button that goes on.
        proceed = "Continue";
        /// Under the heading of a sign-in page.
        to_continue(client) = "to continue to {client}";
        /// A button.
        sign_in_again = "Sign in again";
        /// A button.
        sign_out = "Sign out";
        /// Links under every page.
        privacy(product) = "{product} privacy policy";
        terms(product) = "{product} terms";
    }
}

texts! {
    /// The sign-in page.
    LoginTexts {
        title = "Sign in";
        username = "Email or user name";
        password = "Password";
        submit = "Sign in";
        missing = "Enter your user name and password.";
        /// The page does not say which of the two it was.
        refused = "The user name or password is wrong. Check both and try again.";
        /// After `refused`. A right password is refused as well then, so the text says how to get out of it.
        tried = "If you have tried several times, wait 15 minutes.";
        /// The same where there is a page for help; `support` is the link to it.
        tried_or_ask(support) = "If you have tried several times, wait 15 minutes or ask {support}.";
        support_name = "support";
        /// Links under the form.
        recover = "Forgot your password?";
        support = "Get help";
        locked = "There were too many attempts. Wait a few minutes, then try again.";
        unavailable = "We couldn’t sign you in just now. Try again in a moment.";
    }
}

texts! {
    /// The account chooser.
    ChooseTexts {
        title = "Choose an account";
        other = "Use another account";
        /// Badge of an account whose session has ended.
        signed_out = "Signed out";
    }
}

texts! {
    /// The page that asks before a sign-out.
    LogoutTexts {
        title(product) = "Sign out of {product}?";
        requested_by(client) = "{client} is asking to sign you out.";
        text = "This signs you out in this browser. Apps that support it will sign you out as well.";
        stay = "Stay signed in";
    }
}

texts! {
    /// The page after a sign-out.
    LoggedOutTexts {
        title = "You are signed out";
        text = "You can close this window. On a shared computer, close the browser too.";
        /// A button, above the host that it leads to.
        back(client) = "Back to {client}";
    }
}
