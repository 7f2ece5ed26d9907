//! `/developer`, the portal: a developer's apps and the documentation.

mod app;
mod docs;
mod portal;

pub use app::{AppKind, AppPage, Existing, Field, FieldProblem, Fields, KindChoice, LogoProblem, ScopeChoice, Secrets};
pub use docs::{DocsApi, DocsCommand, DocsError, DocsPage, Lifetimes};
pub use portal::{
    CredentialsPage, DeleteAppPage, DeveloperAppsPage, DeveloperDeniedPage, DeveloperNotice, Listing, OwnAppLine,
};
