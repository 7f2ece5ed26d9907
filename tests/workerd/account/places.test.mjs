// Where people signed in, from what the network knows of a request (`request.cf`) to their own page.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { freePort } from "../../../scripts/lib/wrangler.mjs";
import { newPerson } from "../../support/administration.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const persistTo = mkdtempSync(path.join(tmpdir(), "grantry-places-"));
after(() => rmSync(persistTo, { recursive: true, force: true }));
const port = await freePort();

/** What a request could say of its place: the headers of Cloudflare's "visitor location" among them, which a client can write. */
const FORGED = {
  "cf-ipcity": "Atlantis",
  "cf-ipcountry": "AQ",
  "cf-region": "Atlantis",
  "cf-timezone": "Antarctica/Troll",
  "x-city": "Atlantis",
  "x-country": "AQ",
  "x-forwarded-for": "192.0.2.1",
  "x-real-ip": "192.0.2.1",
};

/** Where each browser signed in, the page's own first and then the newest; nothing where the page says nothing. */
const places = ({ html }) =>
  html
    .match(/id="account-sessions"[\s\S]*?<\/section>/)[0]
    .split('<li class="row">')
    .slice(1)
    .map((row) => row.match(/<\/b>\s*<p>([\s\S]*?)<\/p>/)?.[1].replaceAll(/<\/?bdi>/g, ""));

test("the page says where one signed in as the network knows it, whatever a request says of itself", async () => {
  let person;
  /** Signs in where the network knows that, and gives the page as that browser sees it. */
  const signIn = async (cf, headers) => {
    const server = await startServer({ persistTo, port, cf });
    person ??= await newPerson(server.url);
    // The page lists the latest sign-in first, and knows times to the second.
    await setTimeout(1_000);
    const visitor = new Visitor(server.url, undefined, headers);
    const login = await visitor.open(`${server.url}/account`);
    const home = await visitor.submit(login, "login-form", { username: person.userName, password: person.password });
    assert.equal(home.address, `${server.url}/account`, home.html);
    await server.stop();
    return home;
  };

  await signIn({ city: "Recife", country: "BR" }, FORGED);
  await signIn({ colo: "GRU" }, FORGED);
  await signIn({ city: "<b>Köln</b> & more", country: "DE" });
  await signIn({ city: "", country: "JP" });
  const home = await signIn({ city: 7, country: "T1" });
  assert.deepEqual(places(home), [undefined, "JP", "&#60;b&#62;Köln&#60;/b&#62; &#38; more, DE", undefined, "Recife, BR"]);
});
