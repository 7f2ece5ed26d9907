// Whether a browser is signed in, asked as a relying party can ask it: without showing the user anything.
import assert from "node:assert/strict";

async function ask(party, browser) {
  const request = party.request({ prompt: "none" });
  return { request, page: await party.authorize(browser, request) };
}

export async function assertLoggedIn(party, browser) {
  const { request, page } = await ask(party, browser);
  assert.ok(party.code(page, request), "the browser is signed in");
}

export async function assertLoggedOut(party, browser) {
  const { request, page } = await ask(party, browser);
  party.refusal(page, request, ["login_required", "interaction_required", "account_selection_required"]);
}
