//! The `prompt` parameter (OpenID Connect Core section 3.1.2.1).

use serde::{Deserialize, Serialize};

use crate::base::named;

named! {
    /// A value of `prompt`.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub enum PromptValue {
        /// Nothing may be shown.
        None = "none",
        /// The user has to sign in.
        Login = "login",
        /// The user has to consent.
        Consent = "consent",
        /// The user has to choose an account.
        SelectAccount = "select_account",
        /// The user wants to make an account first (Initiating User Registration 1.0 section 4.1).
        Create = "create",
    }
}

/// What the values of `prompt` ask for together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Prompt {
    /// Nothing may be shown.
    None,
    /// What is needed is shown, and these in any case.
    Show(Demands),
}

/// What a client wants to happen again.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the values of prompt are independent of each other")]
pub struct Demands {
    /// The user has to sign in.
    pub login: bool,
    /// The user has to choose an account.
    pub select_account: bool,
    /// The user has to consent.
    pub consent: bool,
    /// The user wants to make an account first (Initiating User Registration 1.0 section 4.1).
    pub create: bool,
}

impl Prompt {
    /// Reads the parameter; `None` for a value that is not known, for `create` where there is no place to make an account, and for
    /// `none` together with another value.
    #[must_use]
    pub fn parse(text: &str, creates_accounts: bool) -> Option<Self> {
        let mut none = false;
        let mut demands = Demands::default();
        for value in text.split(' ').filter(|value| !value.is_empty()) {
            match PromptValue::parse(value)? {
                PromptValue::None => none = true,
                PromptValue::Login => demands.login = true,
                PromptValue::Consent => demands.consent = true,
                PromptValue::SelectAccount => demands.select_account = true,
                PromptValue::Create if creates_accounts => demands.create = true,
                PromptValue::Create => return None,
            }
        }
        match (none, demands == Demands::default()) {
            (false, _) => Some(Self::Show(demands)),
            (true, true) => Some(Self::None),
            (true, false) => None,
        }
    }

    /// What has to happen again.
    #[must_use]
    pub const fn demands(self) -> Demands {
        match self {
            Self::None => Demands { login: false, select_account: false, consent: false, create: false },
            Self::Show(demands) => demands,
        }
    }
}

/// How a user gets to another account than those that are signed in so far.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Another {
    /// They choose one of those that are signed in.
    Picks,
    SignsIn,
}
