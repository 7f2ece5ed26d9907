//! Sealed values: state that travels through the browser or the client instead of lying in storage.
//!
//! `prefix ‖ base64url(format 1 B ‖ kid 4 B ‖ nonce 24 B ‖ ciphertext)`, XChaCha20-Poly1305. The key is derived from the
//! master ring for one purpose; tenant, issuer, purpose, format and prefix are authenticated beside the content. The
//! prefix is fixed text per purpose, so that secret scanners recognise a leaked value and garbage is refused before
//! anything is computed.
//!
//! No sealed value creates a right by itself: each names a random id that exists only inside an object.

pub mod access_claim;
pub mod browser;
pub mod client_record;
pub mod code;
pub mod device;
mod envelope;
mod holder;
pub mod interaction;
mod key;
pub mod link;
pub mod new_app;
pub mod opaque;
pub mod refresh_token;
pub mod registration_access;
pub mod ring;
pub mod sealed_notice;

pub use envelope::{Life, NotSealed, Opened, Purpose, Sealer, Unopened};
pub use holder::{FamilyHolder, HeldByOrganization};
pub use ring::{MasterKey, Ring, RingProblem};
