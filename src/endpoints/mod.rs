//! The spine: every endpoint reads parse → validate → decide → store → respond.
//!
//! A request comes in at [`respond`], finds its [`Route`], and leaves as a response with the headers that all share.

mod account;
mod answer;
mod app;
mod apps;
mod authorize;
mod callers;
mod client;
mod developer;
mod discovery;
mod failure;
mod health;
mod parameters;
mod people;
mod respond;
mod route;
mod scim;
mod sign_in;
mod token;

pub(crate) use answer::{deliver, deliver_refusal, page};
use app::log_line;
pub use app::{App, SecurityEvent};
pub use callers::client::{AuthenticatedClient, authenticate_client};
pub use failure::{Failure, Refused};
pub use respond::respond;
pub use route::Route;
pub use token::authorization_grant::AuthorizationGrant;
