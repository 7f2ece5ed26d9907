//! Steps that several endpoints share.

pub mod access_token;
pub mod administrator;
pub mod authenticated;
pub mod authorization_grant;
pub mod browser;
pub mod change_password;
pub mod client_assertion;
pub mod client_authentication;
pub mod developer;
pub mod id_token;
pub mod interaction;
pub mod issue;
pub mod mint;
pub mod own_jws;
pub mod parameters;
pub mod password;
pub mod people;
pub mod sign_in;
