//! What a user may do in this server itself.

use crate::base::named;

named! {
    /// A user's role in this server. It is no value of SCIM's `roles`, and no claim tells of it.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub enum Role {
        /// Administers the server. Has no pages yet.
        Administrator = "administrator",
        /// Reads what administrators see. Has no pages yet.
        Auditor = "auditor",
        /// Ends sessions and connections of users. Has no pages yet.
        Support = "support",
        /// Registers apps in the developer portal.
        Developer = "developer",
    }
}
