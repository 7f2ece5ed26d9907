//! Users with a role in this server are worth its administration. So nobody who may only write people gives a role, or signs in
//! as somebody who has one by changing how they sign in.

use crate::endpoints::Refused;
use crate::endpoints::callers::administrator::Administrator;
use crate::endpoints::people::Change;
use crate::oauth::person::profile::Profile;
use crate::oauth::person::role::Role;
use crate::store::account::PersonRecord;

/// Whether the caller may write `profile` for a user who has `role` now.
///
/// # Errors
/// 403, when the role would become another one.
pub(super) fn may_give(administrator: &Administrator, role: Option<Role>, profile: &Profile) -> Result<(), Refused> {
    if administrator.gives_roles() || profile.role == role {
        return Ok(());
    }
    Err(Refused::scim(403, "", "Only ADMIN_TOKEN can give a user a role, or take it away.").about("role"))
}

/// Whether the caller may change a user.
///
/// # Errors
/// 403, for the role of any user, and for how one with a role signs in and is reached.
pub(super) fn may_change(administrator: &Administrator, record: &PersonRecord, change: &Change) -> Result<(), Refused> {
    let role = record.profile.role();
    may_give(administrator, role, &change.profile)?;
    let signs_in_otherwise = change.password.is_some()
        || change.active != record.active
        || change.profile.is_reached_otherwise(&record.profile);
    if role.is_some() && signs_in_otherwise && !administrator.gives_roles() {
        return Err(protected());
    }
    Ok(())
}

/// Whether the caller may delete a user, which frees their names for somebody else.
///
/// # Errors
/// 403, for a user with a role.
pub(super) fn may_delete(administrator: &Administrator, record: &PersonRecord) -> Result<(), Refused> {
    if record.profile.role().is_some() && !administrator.gives_roles() { Err(protected()) } else { Ok(()) }
}

fn protected() -> Refused {
    let description = "This user has a role. Only ADMIN_TOKEN can delete them, or change their password, user name, addresses, \
                       phone numbers and active.";
    Refused::scim(403, "", description)
}
