//! /developer: the developer's apps.

use super::portal::{admitted, listing, notice, shown, switch};
use crate::endpoints::{App, Failure, Route, page};
use crate::http::{Request, Response};
use crate::pages;
use crate::pages::developer::{DeveloperAppsPage, OwnAppLine};
use crate::platform::Platform;
use crate::store::registry::{ListOwned, MOST_OWNED, Owned};

/// /developer: the developer's apps.
pub(in crate::endpoints) async fn apps<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let (developer, browser) = match admitted(app, request, None).await? {
        Ok(admitted) => admitted,
        Err(response) => return Ok(response),
    };
    let Owned { clients } = app.platform.ask_registry(ListOwned { owner: developer.sub().to_owned() }).await?;
    let links: Vec<String> = clients.iter().map(|client| Route::DeveloperApp.path_of(&client.id)).collect();
    let apps: Vec<OwnAppLine<'_>> = clients
        .iter()
        .zip(&links)
        .map(|(client, link)| OwnAppLine { client: shown(client), link, listing: listing(client) })
        .collect();
    let is_full = usize::try_from(MOST_OWNED).is_ok_and(|most| apps.len() >= most);
    let context = DeveloperAppsPage {
        person: pages::ShownPerson { name: None, username: developer.name() },
        switch: Some(&switch(app, &browser)?),
        notice: notice(app, request, &browser),
        apps: &apps,
        create: (!is_full).then_some(Route::DeveloperNew.path()),
        docs: Route::DeveloperDocs.path(),
    };
    Ok(page(200, context.render(app.look)))
}
