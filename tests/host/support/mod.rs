//! What the tests share.

pub mod api;
pub mod authentication;
pub mod authorization_request;
pub mod browser;
pub mod clients_platform;
pub mod connected;
pub mod developer;
pub mod home;
pub mod later_format;
pub mod model;
pub mod operations;
pub mod person;
pub mod platform;
pub mod registration;
pub mod sqlite;
