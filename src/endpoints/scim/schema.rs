//! The attributes of a person, as one table: bodies are read by it and /Schemas is made of it.

/// The schema of RFC 7643 section 4.1.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Our extension: what `OpenID` Connect Core section 5.1 knows of a person and SCIM does not.
pub const PERSON: &str = "urn:grantry:params:scim:schemas:1.0:Person";

/// The enterprise extension (RFC 7643 section 4.3), without `manager`, which would be another person.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A schema that adds attributes to a person's (RFC 7643 section 3.3).
#[derive(Debug)]
pub struct Extension {
    /// Its identifier.
    pub schema: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it adds. No two schemas have an attribute of the same name.
    pub attributes: &'static [Attribute],
}

pub static EXTENSIONS: [Extension; 2] = [
    Extension { schema: PERSON, name: "Person", attributes: &PERSON_ATTRIBUTES },
    Extension { schema: ENTERPRISE, name: "EnterpriseUser", attributes: &ENTERPRISE_ATTRIBUTES },
];

/// An attribute (RFC 7643 section 7).
#[derive(Debug)]
pub struct Attribute {
    /// Its name, which is not case-sensitive.
    pub name: &'static str,
    /// What its value is.
    pub kind: AttributeKind,
    /// Whether it has several values.
    pub many: bool,
    pub description: &'static str,
}

/// What a value is.
#[derive(Debug)]
pub enum AttributeKind {
    /// A truth value.
    Boolean,
    /// Attributes of its own.
    Complex(&'static [Attribute]),
    Text,
}

const fn text(name: &'static str, description: &'static str) -> Attribute {
    Attribute { name, kind: AttributeKind::Text, many: false, description }
}

const fn flag(name: &'static str, description: &'static str) -> Attribute {
    Attribute { name, kind: AttributeKind::Boolean, many: false, description }
}

const fn several(name: &'static str, parts: &'static [Attribute], description: &'static str) -> Attribute {
    Attribute { name, kind: AttributeKind::Complex(parts), many: true, description }
}

const NAME: [Attribute; 6] = [
    text("formatted", "The full name."),
    text("familyName", "The family name."),
    text("givenName", "The given name."),
    text("middleName", "The middle names."),
    text("honorificPrefix", "The prefix of the name, like Dr."),
    text("honorificSuffix", "The suffix of the name, like Jr."),
];

const CONTACT: [Attribute; 4] = [
    text("value", "The value."),
    text("display", "A label for display."),
    text("type", "The kind of value, like work or home."),
    flag("primary", "Whether this value is the preferred one."),
];

const ADDRESS: [Attribute; 8] = [
    text("formatted", "The full address."),
    text("streetAddress", "Street and number."),
    text("locality", "The city."),
    text("region", "The state or region."),
    text("postalCode", "The postal code."),
    text("country", "The country."),
    text("type", "The kind of value, like work or home."),
    flag("primary", "Whether this value is the preferred one."),
];

/// The attributes of [`USER`].
pub static USER_ATTRIBUTES: [Attribute; 18] = [
    text(
        "userName",
        "The name that the user signs in with. It contains no @. Users can also sign in with verified e-mail addresses.",
    ),
    text("externalId", "The identifier of the user in the system that manages the user."),
    Attribute {
        name: "name",
        kind: AttributeKind::Complex(&NAME),
        many: false,
        description: "The components of the name.",
    },
    text("displayName", "The name for display."),
    text("nickName", "The casual name."),
    text("profileUrl", "The URL of the user's profile page."),
    text("title", "The title, like Vice President."),
    text("userType", "The relation to the organization, like Employee."),
    text("preferredLanguage", "The preferred language."),
    text("locale", "The locale for the formats of dates and numbers."),
    text("timezone", "The time zone, like Europe/Berlin."),
    flag("active", "Whether the user can sign in. False revokes all sessions and tokens."),
    text("password", "The password. It is never returned."),
    several("emails", &CONTACT, "E-mail addresses."),
    several("phoneNumbers", &CONTACT, "Phone numbers."),
    several("photos", &CONTACT, "URLs of pictures."),
    several("addresses", &ADDRESS, "Postal addresses."),
    several("roles", &CONTACT, "The roles of the user in other systems. The value developer is not kept."),
];

/// The attributes of [`PERSON`].
static PERSON_ATTRIBUTES: [Attribute; 7] = [
    text("birthdate", "The date of birth, YYYY-MM-DD. The year is 0000 if it is not given."),
    text("gender", "The gender."),
    text("website", "The URL of the user's own website."),
    flag("emailVerified", "Whether the primary e-mail address is verified. The user can then sign in with it."),
    flag("phoneNumberVerified", "Whether the primary phone number is verified."),
    text("role", "The role in this server: administrator, auditor, support or developer. Only ADMIN_TOKEN can set it."),
    text("sub", "The subject identifier. It can be set when the user is created, and never changes."),
];

/// The attributes of [`ENTERPRISE`].
static ENTERPRISE_ATTRIBUTES: [Attribute; 5] = [
    text("employeeNumber", "The employee number."),
    text("costCenter", "The cost center."),
    text("organization", "The organization."),
    text("division", "The division."),
    text("department", "The department."),
];

/// The attribute with this name, in any case of letters.
pub fn find(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}
