//! `/developer`, the portal: a developer's apps and the documentation.

mod app;
mod apps;
mod credentials;
mod delete;
mod denied;
mod docs;
mod notice;

pub use app::{AppPage, Existing, Field, FieldProblem, Fields, Kind, KindChoice, LogoProblem, ScopeChoice, Secrets};
pub use apps::{DeveloperApps, Listing, OwnApp};
pub use credentials::Credentials;
pub use delete::DeleteApp;
pub use denied::DeveloperDenied;
pub use docs::{Command, Docs, DocsApi, DocsError, Lifetimes};
pub use notice::DeveloperNotice;
