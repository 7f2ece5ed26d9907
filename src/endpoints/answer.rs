//! Answers that several endpoints share: pages, and answers to a client through the browser.

use crate::base::address::host_and_port;
use crate::http::Response;
use crate::oauth::client::redirect_uri::RedirectKind;
use crate::oauth::request::rejection::Rejection;
use crate::oauth::request::verified_return::{Delivery, VerifiedReturn};
use crate::pages::{self, FormSource, FormTarget, Look, Page};

/// A page as a response.
pub(crate) fn page(status: u16, page: Page) -> Response {
    Response::html(status, page.html, page.content_security_policy)
}

/// An answer to a client, as a redirect or as a form that the browser posts.
pub(crate) fn deliver(look: Look<'_>, delivery: Delivery) -> Response {
    let (action, parameters, client_name) = match delivery {
        Delivery::Redirect(location) => return Response::see_other(location),
        Delivery::FormPost { action, parameters, client_name } => (action, parameters, client_name),
    };
    let target = FormSource::scheme_of(&action).map_or(FormTarget::None, FormTarget::Only);
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let client = pages::ShownClient { name: &client_name, ..pages::ShownClient::default() };
    let host = host_and_port(&action);
    page(
        200,
        pages::consent::FormPostPage { action: &action, target, host, parameters: &parameters, client }.render(look),
    )
}

/// A refusal to a client. A client that an administrator vouches for gets it at once; for any other the user sees a page
/// first and decides whether to go on.
pub(crate) fn deliver_refusal(look: Look<'_>, answer_to: &VerifiedReturn, rejection: Rejection) -> Response {
    let delivery = answer_to.with_error(&rejection);
    if answer_to.is_vouched() {
        return deliver(look, delivery);
    }
    let host = match answer_to.kind() {
        RedirectKind::PrivateScheme => answer_to.origin(),
        RedirectKind::Https | RedirectKind::Loopback => host_and_port(answer_to.redirect_uri()),
    };
    let client = pages::ShownClient { name: answer_to.client_name(), ..pages::ShownClient::default() };
    let description = rejection.to_string();
    let page_of = |way| {
        page(
            400,
            pages::consent::OnwardPage {
                client,
                registered_itself: answer_to.registered_itself(),
                host,
                way,
                code: rejection.code(),
                description: &description,
            }
            .render(look),
        )
    };
    match &delivery {
        Delivery::Redirect(location) => page_of(pages::consent::Way::Link(location)),
        Delivery::FormPost { action, parameters, .. } => {
            let target = FormSource::scheme_of(action).map_or(FormTarget::None, FormTarget::Only);
            let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
            page_of(pages::consent::Way::Form { action, parameters: &parameters, target })
        }
    }
}
