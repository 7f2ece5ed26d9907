//! What this server can do, for programs (RFC 7644 section 4, RFC 7643 sections 5 to 7).

use serde_json::{Value, json};

use super::filter::LONGEST_PAGE;
use super::resource::USERS;
use super::schema::{Attribute, AttributeKind, EXTENSIONS, USER, USER_ATTRIBUTES};
use super::users::LIST;
use crate::endpoints::App;

/// RFC 7643 section 5.
pub fn service_provider_config<P>(app: &App<'_, P>) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": LONGEST_PAGE},
        "changePassword": {"supported": true},
        "sort": {"supported": false},
        "etag": {"supported": true},
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth bearer token",
            "description": "An access token of this server with the scope people:read or people:write.",
            "primary": true,
        }],
        "meta": meta(app, "ServiceProviderConfig", "/scim/v2/ServiceProviderConfig"),
    })
}

/// RFC 7643 section 6.
pub fn resource_types<P>(app: &App<'_, P>) -> Value {
    list(vec![user_type(app)])
}

/// The one type of resource.
pub fn user_type<P>(app: &App<'_, P>) -> Value {
    let extensions: Vec<Value> =
        EXTENSIONS.iter().map(|extension| json!({"schema": extension.schema, "required": false})).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": USERS.strip_prefix("/scim/v2"),
        "description": "A person.",
        "schema": USER,
        "schemaExtensions": extensions,
        "meta": meta(app, "ResourceType", "/scim/v2/ResourceTypes/User"),
    })
}

/// RFC 7643 section 7.
pub fn schemas<P>(app: &App<'_, P>) -> Value {
    let extensions = EXTENSIONS.iter().map(|extension| extension.schema);
    list([USER].into_iter().chain(extensions).filter_map(|id| schema(app, id)).collect())
}

pub fn schema<P>(app: &App<'_, P>, id: &str) -> Option<Value> {
    let (id, name, attributes): (_, _, &[Attribute]) = if id == USER {
        (USER, "User", &USER_ATTRIBUTES)
    } else {
        let extension = EXTENSIONS.iter().find(|extension| extension.schema == id)?;
        (extension.schema, extension.name, extension.attributes)
    };
    let attributes: Vec<Value> = attributes.iter().map(attribute).collect();
    Some(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": id,
        "name": name,
        "attributes": attributes,
        "meta": meta(app, "Schema", &["/scim/v2/Schemas/", id].concat()),
    }))
}

fn attribute(attribute: &Attribute) -> Value {
    let Attribute { name, kind, many, description } = attribute;
    let (type_name, parts) = match kind {
        AttributeKind::Boolean => ("boolean", None),
        AttributeKind::Complex(parts) => ("complex", Some(parts.iter().map(self::attribute).collect::<Vec<_>>())),
        AttributeKind::Text => ("string", None),
    };
    let (mutability, returned) = match *name {
        "password" => ("writeOnly", "never"),
        "sub" => ("immutable", "default"),
        _ => ("readWrite", "default"),
    };
    let mut value = json!({
        "name": name,
        "type": type_name,
        "multiValued": many,
        "description": description,
        "required": *name == "userName",
        "mutability": mutability,
        "returned": returned,
    });
    if let Some(members) = value.as_object_mut() {
        if matches!(kind, AttributeKind::Text) {
            members.insert("caseExact".to_owned(), (*name != "userName").into());
            let uniqueness = if ["userName", "sub"].contains(name) { "server" } else { "none" };
            members.insert("uniqueness".to_owned(), uniqueness.into());
        }
        if let Some(parts) = parts {
            members.insert("subAttributes".to_owned(), parts.into());
        }
    }
    value
}

fn list(resources: Vec<Value>) -> Value {
    json!({
        "schemas": [LIST],
        "totalResults": resources.len(),
        "startIndex": 1,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}

fn meta<P>(app: &App<'_, P>, resource_type: &str, path: &str) -> Value {
    json!({"resourceType": resource_type, "location": app.config.issuer.at(path)})
}
