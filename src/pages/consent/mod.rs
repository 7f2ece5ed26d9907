//! What an app asks a user for, and the way back to the app.

pub mod form_post;
pub mod onward;
pub mod page;
