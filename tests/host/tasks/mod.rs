//! What alarms do.

mod logout;
