//! The JSON facade of an API (`API_<NAME>`, `facade`): the same protocol for clients that send JSON, in the body of a GET as
//! well as of a POST, and that name a user by an identity of their own instead of keeping refresh tokens.
//!
//! [`authorize`] makes an authorization request that says whom the client means. The code that comes back links that user
//! when the client redeems it; from then on [`token`] and [`revoke`] take the identity, and the client's own authentication.

mod authorize;
mod members;
mod revoke;
mod token;

pub(in crate::endpoints) use self::authorize::authorize;
pub(in crate::endpoints) use self::revoke::revoke;
pub(in crate::endpoints) use self::token::token;
