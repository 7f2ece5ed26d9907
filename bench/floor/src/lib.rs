//! The least that a Worker in Rust can do: a plain response, one hop to an object, one hop with one durable row, and each of these
//! for a request with a body and with a signature.

mod signature;

use std::cell::Cell;

use worker::{Context, DurableObject, Env, Request, Response, Result, State, durable_object, event};

/// `/plain`; `/hop/NAME` and `/row/NAME` ask the object of that name. `/plain/ALGORITHM`, `/hop/NAME/ALGORITHM` and `/row/NAME/ALGORITHM` read the
/// body of the request and sign the response, as a server that issues tokens has to.
#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _context: Context) -> Result<Response> {
    let path = request.path();
    match path.split('/').collect::<Vec<_>>()[..] {
        ["", what @ ("hop" | "row"), name] => {
            let stub = env.durable_object("FLOOR")?.get_by_name(name)?;
            let mut answer = stub.fetch_with_str(&["https://object/", what].concat()).await?;
            Response::ok(answer.text().await?)
        }
        ["", "plain", algorithm] => {
            let body = request.bytes().await?;
            Response::ok(signature::of(algorithm, &body).await?.to_string())
        }
        ["", what @ ("hop" | "row"), name, algorithm] => {
            let mut said = request.bytes().await?;
            let stub = env.durable_object("FLOOR")?.get_by_name(name)?;
            said.extend(stub.fetch_with_str(&["https://object/", what].concat()).await?.bytes().await?);
            Response::ok(signature::of(algorithm, &said).await?.to_string())
        }
        _ => Response::ok("ok"),
    }
}

/// An object with one table.
#[durable_object(fetch)]
pub struct Floor {
    state: State,
    has_table: Cell<bool>,
}

impl DurableObject for Floor {
    fn new(state: State, _env: Env) -> Self {
        Self { state, has_table: Cell::new(false) }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        if request.path() == "/row" {
            let sql = self.state.storage().sql();
            if !self.has_table.replace(true) {
                sql.exec("CREATE TABLE IF NOT EXISTS spent (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID", None)?;
            }
            sql.exec("INSERT INTO spent VALUES (randomblob(16))", None)?;
        }
        Response::ok("ok")
    }
}
