// The baseline ("floor"): a Worker in Rust that does nothing else.
import { request } from "../lib/http.mjs";
import { buildRust } from "../lib/rust.mjs";
import { always, each, forEachPerson } from "../lib/scenarios.mjs";
import { probed, ready, startWorkerd } from "../lib/workerd.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";

const FOLDER = "bench/floor";

/** As long as that of a token request. */
const BODY = { grant_type: "refresh_token", refresh_token: "r".repeat(200) };

const worker = {
  name: "floor",
  modules: ["index.js", "index_bg.wasm"].map((name) => ({ name, file: inRoot(FOLDER, "build", name) })),
  objects: { FLOOR: "Floor" },
};

/**
 * With which operation of the baseline each operation is compared: the least that the design says it must do. If a token is signed, also the
 * same for a request with a body and the most expensive of its signatures, which is about the best that can be expected.
 */
export const FLOOR_OF = {
  "code exchange, RS256 ID token": ["row", "row and RS256"],
  "code exchange, ES256 ID token": ["row", "row and ES256"],
  "code exchange, no ID token": ["row", "row and ES256"],
  "refresh, rotating, RS256 ID token": ["row", "row and RS256"],
  "refresh, rotating, ES256 ID token": ["row", "row and ES256"],
  "refresh, rotating, no ID token": ["row", "row and ES256"],
  "refresh, not rotating": ["hop", "hop and RS256"],
  "client credentials": ["plain", "plain and ES256"],
  introspection: ["hop"],
  userinfo: ["hop"],
  "authorize, remembered": ["hop"],
  "sign-in": ["row"],
  health: ["plain"],
  jwks: ["plain"],
  metadata: ["plain"],
};

/** What the floor did in the same rounds as an operation, right beside it. */
export const beside = (operation, what) => `${what} beside ${operation}`;

export const floor = {
  name: "floor",
  prepare: () => buildRust(FOLDER),
  start: (options) => startWorkerd(worker, () => ({}), options),
  startProbing: (options) => startWorkerd(probed(worker), () => ({}), options),
  async scenarios(server) {
    await ready(server);
    const own = (what) => each(forEachPerson((place) => request("GET", `/${what}/${place}`)));
    const signing = (what, algorithm) => each(forEachPerson((place) => request("POST", `/${what}/${place}/${algorithm}`, {}, BODY)));
    return {
      plain: always(request("GET", "/plain")),
      "plain and ES256": always(request("POST", "/plain/ES256", {}, BODY)),
      hop: own("hop"),
      "hop and RS256": signing("hop", "RS256"),
      row: own("row"),
      "row and RS256": signing("row", "RS256"),
      "row and ES256": signing("row", "ES256"),
    };
  },
  firstRequest: "/plain",
  wasm: inRoot(FOLDER, "build/index_bg.wasm"),
};
