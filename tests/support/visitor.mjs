// A browser as far as forms, redirects and cookies go, for tests that need many sign-ins and no pixels.
import assert from "node:assert/strict";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#38;": "&", "&#60;": "<", "&#62;": ">", "&#34;": '"', "&#39;": "'" };
const decoded = (text) => text.replaceAll(/&(?:amp|lt|gt|quot|#\d+);/g, (entity) => ENTITIES[entity] ?? entity);

export class Visitor {
  #cookies = new Map();

  /**
   * @param {string} origin the server's; whatever leads elsewhere is not followed
   * @param {string} [userAgent] what the browser says that it is
   * @param {Record<string, string>} [headers] what it says besides
   */
  constructor(origin, userAgent = "a browser", headers = {}) {
    this.origin = origin;
    this.userAgent = userAgent;
    this.headers = headers;
  }

  /** The same cookies in other hands. */
  copy() {
    const copy = new Visitor(this.origin, this.userAgent, this.headers);
    copy.#cookies = new Map(this.#cookies);
    return copy;
  }

  /** Opens an address and follows redirects as long as they stay on the server. */
  open(address) {
    return this.#send("GET", address);
  }

  /** Fills the form with this id and sends it as the browser would. */
  submit(page, id, fields) {
    const { action, body } = this.form(page, id);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.#send("POST", action, body);
  }

  /** Where the form with this id leads, and the values it has. */
  form(page, id) {
    const form = page.html?.match(new RegExp(`<form[^>]*id="${id}"[^>]*>[\\s\\S]*?</form>`))?.[0];
    assert.ok(form, `the page has no form ${id}: ${page.status} ${page.html?.slice(0, 2000)}`);
    const body = new URLSearchParams();
    for (const [input] of form.matchAll(/<input[^>]*>/g)) {
      const name = input.match(/name="([^"]*)"/)?.[1];
      if (name && /type="hidden"/.test(input)) body.set(name, decoded(input.match(/value="([^"]*)"/)?.[1] ?? ""));
    }
    return { action: new URL(decoded(form.match(/action="([^"]*)"/)[1]), this.origin).href, body };
  }

  /** Signs in and allows, whichever of the two is asked for, and returns where the answer went. */
  async allow(address, person) {
    const page = await this.goThrough(address, person);
    assert.ok(page.left, `no answer went out: ${page.status} ${page.html?.slice(0, 2000)}`);
    return new URL(page.left);
  }

  /** The same for an answer that a form carries: the request that the browser would make of it. */
  async allowByForm(address, person) {
    const { action, body } = this.form(await this.goThrough(address, person), "form-post");
    return new Request(action, { method: "POST", body });
  }

  /** Signs in and allows, whichever of the two is asked for. */
  async goThrough(address, { userName, password }) {
    let page = await this.open(address);
    if (page.html?.includes('id="login-form"')) page = await this.submit(page, "login-form", { username: userName, password });
    if (page.html?.includes('id="consent-form"')) page = await this.submit(page, "consent-form", { decision: "allow" });
    return page;
  }

  get cookies() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async #send(method, address, body) {
    for (let redirects = 0; redirects < 10; redirects++) {
      const headers = { ...this.headers, cookie: this.cookies, accept: "text/html", "accept-language": "en", "user-agent": this.userAgent };
      if (method === "POST") Object.assign(headers, { origin: this.origin, "sec-fetch-site": "same-origin" });
      const response = await fetch(address, { method, headers, body, redirect: "manual" });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
        this.#cookies.set(name, value);
      }
      const location = response.headers.get("location");
      if (!location) return { status: response.status, html: await response.text(), headers: response.headers, address };
      assert.equal(response.status, 303, "a browser follows with GET");
      const next = new URL(location, address);
      if (next.origin !== this.origin) return { left: next.href, status: response.status };
      [method, address, body] = ["GET", next.href, undefined];
    }
    assert.fail(`too many redirects: ${address}`);
  }
}
