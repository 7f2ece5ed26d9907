// A developer at the portal, over HTTP: the forms as a browser sends them.
import assert from "node:assert/strict";
import { DEVELOPER, administer, newPerson } from "./administration.mjs";
import { Visitor } from "./visitor.mjs";

const decoded = (text) => text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A form that is good. */
export const FORM = {
  client_name: "Tide Tables",
  redirect_uris: "https://tide.example.com/callback",
  token_endpoint_auth_method: "client_secret_basic",
  "scope:openid": "on",
  "scope:offline_access": "on",
  "scope:reservations.read": "on",
  client_uri: "https://tide.example.com",
};

/** The text of an element without others inside. */
export const element = ({ html }, id) => decoded(html.match(new RegExp(`id="${id}">([^<]*)<`))?.[1] ?? "");

/** What was done just now. */
export const notice = ({ html }) => html.match(/id="account-notice"[\s\S]*?<span>([^<]*)/)?.[1];

/** A user with the developer role, signed in at the portal. */
export async function newDeveloper(url, more) {
  const person = await newPerson(url, { ...DEVELOPER, ...more });
  const visitor = new Visitor(url);
  const login = await visitor.open(`${url}/developer`);
  const home = await visitor.submit(login, "login-form", { username: person.userName, password: person.password });
  assert.equal(new URL(home.address).pathname, "/developer", home.html);
  return new Developer(url, person, visitor, home);
}

export class Developer {
  constructor(url, person, visitor, home) {
    Object.assign(this, { url, person, visitor, home });
  }

  /** Sends the form of a new app. */
  async create(more) {
    return this.visitor.submit(await this.visitor.open(`${this.url}/developer/new`), "app-form", { ...FORM, ...more });
  }

  /** Registers an app, with what is shown once. */
  async made(more) {
    const page = await this.create(more);
    assert.equal(page.status, 200, page.html);
    return { client_id: element(page, "client-id"), client_secret: element(page, "client-secret"), redirect_uris: [FORM.redirect_uris], page };
  }

  path({ client_id }) {
    return `${this.url}/developer/apps/${client_id}`;
  }

  open(app) {
    return this.visitor.open(this.path(app));
  }

  /** Sends one of the forms of an app's page. */
  async act(app, form, fields) {
    return this.visitor.submit(await this.open(app), form, fields);
  }

  save(app, more) {
    return this.act(app, "app-form", { ...FORM, action: "save", ...more });
  }
}

/** What the administrator changes about an app. */
export async function approve(url, { client_id }, more) {
  const { client_id_issued_at, client_secret_expires_at, registration_client_uri, ...members } = await administer(url, "GET", `/register/${client_id}`, undefined, 200);
  return administer(url, "PUT", `/register/${client_id}`, { ...members, ...more }, 200);
}
