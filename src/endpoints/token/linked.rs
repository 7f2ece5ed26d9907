//! The link by which a client of the JSON facade names a user: it leads to the only family of that user that is alive.

use crate::base::{AccountId, FamilyId, LinkKey};
use crate::endpoints::App;
use crate::oauth::client::ClientId;
use crate::oauth::token::family::Member;
use crate::platform::{Fault, Platform};
use crate::store::account::Revoke;
use crate::store::directory::{Link, PutLink};

/// Links the user to the family in place of any other. The other one is revoked first: a Worker that stops in between leaves a
/// link to what the client was given. Of redemptions side by side, the last one's family stays.
pub(super) async fn put<P: Platform>(
    app: &App<'_, P>,
    client: &ClientId,
    key: LinkKey,
    account: AccountId,
    family: FamilyId,
) -> Result<(), Fault> {
    let mut instead_of = None;
    // Each further round means that another redemption has linked its own family since.
    while let Err(link) = app.platform.ask_directory(PutLink { key, account, family, instead_of }).await? {
        end(app, client, link).await?;
        instead_of = Some(link.family);
    }
    Ok(())
}

/// Revokes the family that a link leads to.
pub(super) async fn end<P: Platform>(app: &App<'_, P>, client: &ClientId, link: Link) -> Result<(), Fault> {
    // All refresh tokens of a family are alike to RFC 7009 section 2.1: any takes the whole family along.
    let ask = Revoke { family: link.family, client: client.clone(), member: Member::Refresh(0) };
    app.platform.ask_account(link.account, ask).await
}
