//! The catalogue: what everybody is shown of published clients. Written in the same step as the client.

use serde::{Deserialize, Serialize};

use crate::base::UnixTime;
use crate::oauth::client::presentation::Picture;
use crate::oauth::client::{Client, ClientId};
use crate::store::ask::{Ask, Reply};
use crate::store::page::cut;
use crate::store::sql::{Sql, SqlFault, Value};
use crate::store::wire;

/// How many entries a page has.
pub const PAGE: u32 = 20;

/// The last page that is shown: beyond it, people search.
pub const LAST_PAGE: u32 = 50;

/// The maximum of words of a search. Further words are ignored.
const MOST_WORDS: usize = 8;

/// Asks for a page of the catalogue, in the order of the names.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Browse {
    /// Words that name, description or site must all have; with none, everything is listed.
    pub query: String,
    /// Which page, from 1 on.
    pub page: u32,
}

/// One page of the catalogue.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Browsed {
    #[serde(with = "wire::json")]
    pub entries: Vec<CatalogueEntry>,
    /// Whether there is a next page.
    pub more: bool,
}

impl Reply for Browsed {}

/// What everybody is shown of a published client.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CatalogueEntry {
    pub id: ClientId,
    pub name: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its site, where people connect it.
    pub site: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Picture>,
}

impl CatalogueEntry {
    /// What is shown of `client`, if it is published.
    fn of(client: &Client) -> Option<Self> {
        let site = client.registration.site.clone().filter(|_| client.registration.presentation.published)?;
        let (name, presentation) = (client.registration.name.clone(), &client.registration.presentation);
        let (description, logo) = (presentation.description.clone(), presentation.logo.clone());
        Some(Self { id: client.id.clone(), name, description, site, logo })
    }

    /// What a search looks through.
    fn searchable(&self) -> String {
        folded(&[&self.name, self.description.as_deref().unwrap_or_default(), &self.site].join("\n"))
    }
}

/// Writes how a client is shown from now on; `None` when it was deleted.
pub(super) fn note(sql: &dyn Sql, id: &ClientId, client: Option<&Client>) -> Result<(), SqlFault> {
    sql.run("DELETE FROM published WHERE id = ?", &[id.as_str().into()])?;
    let Some(entry) = client.and_then(CatalogueEntry::of) else {
        return Ok(());
    };
    let json = serde_json::to_string(&entry).map_err(|error| SqlFault::Failed(error.to_string()))?;
    let row = [
        ("place", folded(&entry.name).into()),
        ("id", id.as_str().into()),
        ("searchable", entry.searchable().into()),
        ("entry", json.into()),
    ];
    sql.insert("published", row, "")
}

impl Ask for Browse {
    type Reply = Browsed;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        let query = folded(&self.query);
        let words: Vec<&str> = query.split_whitespace().take(MOST_WORDS).collect();
        let conditions = " AND instr(searchable, ?)".repeat(words.len());
        let skipped = self.page.clamp(1, LAST_PAGE).saturating_sub(1).saturating_mul(PAGE);
        let statement =
            format!("SELECT entry FROM published WHERE TRUE{conditions} ORDER BY place, id LIMIT ? OFFSET ?");
        let bounds = [Value::from(PAGE.saturating_add(1)), Value::from(skipped)];
        let parameters: Vec<Value> = words.into_iter().map(Value::from).chain(bounds).collect();
        let rows: Vec<(String,)> = sql.all(&statement, &parameters)?;
        let mut entries = Vec::with_capacity(rows.len());
        for (json,) in rows {
            entries.push(serde_json::from_str(&json).map_err(|_| SqlFault::Corrupt("an entry of the catalogue"))?);
        }
        let more = cut(&mut entries, PAGE) && self.page < LAST_PAGE;
        Ok(Browsed { entries, more })
    }
}

/// Without regard to upper and lower case.
fn folded(text: &str) -> String {
    text.to_lowercase()
}
