use crate::base::*;
use crate::endpoints::{App, Failure};
use crate::http::Request;
use crate::platform::Platform;
use crate::store::account::SignInRefusal;
pub const SESSION_LIFETIME: Seconds = Seconds::new(43_200);
pub struct SignedIn {
    pub account: AccountId,
    pub session: SessionId,
    pub device: DeviceId,
}
pub async fn sign_in<P: Platform>(
    _app: &App<'_, P>,
    _request: &Request,
    _login: &str,
    _password: &Secret<String>,
    _device: Option<DeviceId>,
) -> Result<Result<SignedIn, SignInRefusal>, Failure> {
    Ok(Err(SignInRefusal::Unknown))
}
