// A browser without script: cookies by their attributes, redirects, forms, and the form-action of a page's policy.
import assert from "node:assert/strict";
import { send } from "./http.mjs";

const NAMED = { amp: "&", apos: "'", gt: ">", lt: "<", quot: '"' };
const decoded = (text) =>
  text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (entity, hex, decimal, name) => {
    if (name) return NAMED[name] ?? entity;
    return String.fromCodePoint(Number.parseInt(hex ?? decimal, hex ? 16 : 10));
  });

/** The attributes of a tag; those without a value have an empty one. */
function attributes(tag) {
  const found = tag.replace(/^<\w+/, "").matchAll(/([\w-]+)(?:="([^"]*)")?/g);
  return Object.fromEntries([...found].map(([, name, value]) => [name, decoded(value ?? "")]));
}

/** What a navigation ended at: a document, where it is, and how it was reached. */
class Page {
  /** @param {{url: URL, method: string, status: number, headers: object, text: string, redirects: number}} parts */
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Whether there is an element with this id. */
  has(id) {
    return this.text.includes(` id="${id}"`);
  }

  /** The text of the element with this id, when it holds no further element of its own kind. */
  textOf(id) {
    const [, , content] = this.text.match(new RegExp(`<(\\w+)[^>]* id="${id}"[^>]*>([\\s\\S]*?)</\\1>`)) ?? [];
    return content && decoded(content.replaceAll(/<[^>]*>/g, " ")).replaceAll(/\s+/g, " ").trim();
  }

  /** For messages of failed assertions. */
  toString() {
    return `${this.method} ${this.url} -> ${this.status}\n${this.text.slice(0, 3000)}`;
  }

  /** The form with this id as it would be sent: where, how, and the values it has already. */
  form(id) {
    const [whole, open] = this.text.match(new RegExp(`(<form[^>]* id="${id}"[^>]*>)[\\s\\S]*?</form>`)) ?? [];
    assert.ok(whole, `the page has no form ${id}: ${this}`);
    const { action, method = "get" } = attributes(open);
    const inputs = [...whole.matchAll(/<input[^>]*>/g)].map(([tag]) => attributes(tag));
    const buttons = [...whole.matchAll(/<button[^>]*>/g)].map(([tag]) => attributes(tag));
    return { action: new URL(action || this.url, this.url), method: method.toUpperCase(), inputs, buttons };
  }
}

/** One profile of a browser: its cookies and nothing else. */
export class Browser {
  #cookies = new Map();

  /** The pages that were shown, in order. */
  shown = [];

  /**
   * Follows a link on a page of another site.
   * @param {string | URL} url
   * @param {string} from the origin of that page
   */
  follow(url, from) {
    return this.#navigate({ url: new URL(url), method: "GET", initiator: from });
  }

  /** Sends a form that a page of another site holds. */
  post(url, fields, from) {
    return this.#navigate({ url: new URL(url), method: "POST", body: new URLSearchParams(fields), initiator: from });
  }

  /** Fills a form of a page and presses one of its buttons. */
  press(page, form, button, fields = {}) {
    const { action, method, inputs, buttons } = page.form(form);
    const pressed = buttons.find(({ id }) => id === button);
    assert.ok(pressed, `the form ${form} has no button ${button}: ${page}`);
    const body = new URLSearchParams();
    for (const { name, value = "", type } of inputs) if (name && type !== "checkbox") body.append(name, value);
    for (const [name, value] of Object.entries(fields)) {
      assert.ok(body.has(name), `the form ${form} has no field ${name}: ${page}`);
      body.set(name, value);
    }
    if (pressed.name) body.append(pressed.name, pressed.value ?? "");
    assert.equal(method, "POST", `${form} changes something`);
    return this.#navigate({ url: action, method, body, initiator: page.url.origin, policy: formPolicy(page) });
  }

  /** Forgets everything, like a new profile. */
  clear() {
    this.#cookies.clear();
  }

  async #navigate({ url, method, body, initiator, policy }) {
    for (let redirects = 0; redirects <= 10; redirects++) {
      policy?.(url);
      const crossSite = siteOf(new URL(initiator)) !== siteOf(url);
      const cookie = this.#cookiesFor(url, crossSite && method !== "GET");
      const headers = {
        ...{ accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "accept-language": "en" },
        ...{ "sec-fetch-site": relation(new URL(initiator), url), "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
        ...(method === "POST" && { origin: new URL(initiator).origin }),
        ...(cookie && { cookie }),
      };
      const response = await send(url, { method, headers, body });
      for (const line of response.headers["set-cookie"] ?? []) this.#keep(line, url);
      const { location } = response.headers;
      if (response.status < 300 || response.status > 399 || !location) {
        const page = new Page({ url, method, redirects, ...response });
        this.shown.push(page);
        return page;
      }
      assert.ok([302, 303].includes(response.status), `${response.status} would send a form's content on to ${location}`);
      [url, method, body] = [new URL(location, url), "GET", undefined];
    }
    return assert.fail(`too many redirects, the last to ${url}`);
  }

  /** RFC 6265bis section 5.7.3: a form of another site brings no cookie that is Lax or Strict. */
  #cookiesFor(url, isForeignForm) {
    const kept = [...this.#cookies.values()].filter(
      ({ host, path, sameSite }) => host === url.hostname && url.pathname.startsWith(path) && (!isForeignForm || sameSite === "none"),
    );
    return kept.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  #keep(line, url) {
    const [pair, ...rest] = line.split(";").map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf("="));
    const attribute = Object.fromEntries(rest.map((part) => part.split("=")).map(([key, value = ""]) => [key.toLowerCase(), value]));
    assert.ok("httponly" in attribute && "secure" in attribute, `a script or an eavesdropper could read ${name}`);
    const isBound = !("domain" in attribute) && attribute.path === "/";
    assert.ok(!name.startsWith("__Host-") || isBound, `browsers refuse ${name} without path / or with a domain`);
    const key = `${url.hostname} ${name}`;
    if (attribute["max-age"] === "0") this.#cookies.delete(key);
    else {
      const cookie = { name, value: pair.slice(name.length + 1), host: url.hostname, path: attribute.path || "/" };
      this.#cookies.set(key, { ...cookie, sameSite: (attribute.samesite ?? "lax").toLowerCase() });
    }
  }
}

/** Where a page's Content-Security-Policy lets its forms lead, redirects included; without one, anywhere. */
function formPolicy(page) {
  const directives = (page.headers["content-security-policy"] ?? "").split(";").map((directive) => directive.trim().split(/\s+/));
  const sources = directives.find(([name]) => name === "form-action")?.slice(1);
  if (!sources) return undefined;
  const self = page.url.origin;
  return (url) => {
    const allowed = sources.some((source) => (source === "'self'" ? self : source) === url.origin || source === url.protocol);
    assert.ok(allowed, `form-action ${sources.join(" ")} stops the browser on its way to ${url}`);
  };
}

const siteOf = ({ protocol, hostname }) => `${protocol}//${hostname}`;

function relation(from, to) {
  if (from.origin === to.origin) return "same-origin";
  return siteOf(from) === siteOf(to) ? "same-site" : "cross-site";
}
