//! The consent page, and the pages on the way back to the app.

pub mod form_post;
pub mod onward;
pub mod page;
