//! APIs, as a var describes them.

use grantry::oauth::api::{Api, Description};

pub fn api(text: &str) -> Api {
    match Description::parse(text) {
        Ok(Description::Api { api, .. }) => api,
        other => panic!("{other:?}"),
    }
}
