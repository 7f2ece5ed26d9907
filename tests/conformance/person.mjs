// A user with every standard claim, and how they answer the pages of the server.
import assert from "node:assert/strict";
import { newPerson } from "../support/administration.mjs";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const EXTENSION = "urn:grantry:params:scim:schemas:1.0:Person";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** A user with every claim that OpenID Connect defines, with their name and password. */
export async function newOwnerOfEveryClaim(url) {
  const { id, userName, password } = await newPerson(url, {
    schemas: [CORE, ENTERPRISE, EXTENSION],
    name: { givenName: "Augusta", middleName: "Ada", familyName: "Lovelace", formatted: "Augusta Ada Lovelace" },
    nickName: "Ada",
    profileUrl: "https://ada.example.com/about",
    photos: [{ value: "https://ada.example.com/portrait.png", primary: true }],
    timezone: "Europe/London",
    locale: "en-GB",
    phoneNumbers: [{ value: "+44 20 7946 0018", primary: true }],
    addresses: [{ ...ADDRESS_OF_SCIM, primary: true }],
    [ENTERPRISE]: { department: "Analytical Engines" },
    [EXTENSION]: { birthdate: "1815-12-10", gender: "female", website: "https://ada.example.com", emailVerified: true, phoneNumberVerified: true },
  });
  return { sub: id, userName, password };
}

const ADDRESS_OF_SCIM = {
  formatted: "12 St James's Square\nLondon SW1Y 4JH\nUnited Kingdom",
  streetAddress: "12 St James's Square",
  locality: "London",
  region: "Greater London",
  postalCode: "SW1Y 4JH",
  country: "United Kingdom",
};

/** The claims that userinfo returns of the user for each scope; updated_at may be any time. */
export const claimsOf = ({ userName }) => ({
  profile: {
    ...{ name: "Augusta Ada Lovelace", given_name: "Augusta", middle_name: "Ada", family_name: "Lovelace", nickname: "Ada" },
    ...{ preferred_username: userName, profile: "https://ada.example.com/about", picture: "https://ada.example.com/portrait.png" },
    ...{ website: "https://ada.example.com", gender: "female", birthdate: "1815-12-10", zoneinfo: "Europe/London", locale: "en-GB" },
  },
  email: { email: `${userName}@example.com`, email_verified: true },
  address: {
    address: {
      ...{ formatted: ADDRESS_OF_SCIM.formatted, street_address: ADDRESS_OF_SCIM.streetAddress, locality: "London" },
      ...{ region: "Greater London", postal_code: "SW1Y 4JH", country: "United Kingdom" },
    },
  },
  phone: { phone_number: "+44 20 7946 0018", phone_number_verified: true },
});

/** Signs in at the sign-in page. */
export function signIn(browser, page, { userName, password }) {
  assert.ok(page.has("login-form"), `this is not the sign-in page: ${page}`);
  return browser.press(page, "login-form", "login-submit", { username: userName, password });
}

/** Presses on where a page only carries an answer to the client: that is no question. */
export async function deliver(browser, page) {
  return page.has("form-post") ? browser.press(page, "form-post", "form-post-continue") : page;
}

/** Answers whatever is asked, until the answer is at the client. */
export async function goThrough(browser, page, person) {
  if (page.has("login-form")) page = await signIn(browser, page, person);
  if (page.has("consent-form")) page = await browser.press(page, "consent-form", "consent-allow");
  return deliver(browser, page);
}
