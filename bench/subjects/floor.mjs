// The platform's floor: a Worker in Rust that does nothing else.
import { request } from "../lib/http.mjs";
import { buildRust } from "../lib/rust.mjs";
import { always, each, forEachPerson } from "../lib/scenarios.mjs";
import { probed, ready, startWorkerd } from "../lib/workerd.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";

const FOLDER = "bench/floor";

const worker = {
  name: "floor",
  modules: ["index.js", "index_bg.wasm"].map((name) => ({ name, file: inRoot(FOLDER, "build", name) })),
  objects: { FLOOR: "Floor" },
};

export const floor = {
  name: "floor",
  prepare: () => buildRust(FOLDER),
  start: (options) => startWorkerd(worker, () => ({}), options),
  startProbing: (options) => startWorkerd(probed(worker), () => ({}), options),
  async scenarios(server) {
    await ready(server);
    const own = (what, more = "") => each(forEachPerson((place) => request("GET", `/${what}/${place}${more}`)));
    return {
      plain: always(request("GET", "/plain")),
      hop: own("hop"),
      row: own("row"),
      "row and RS256": own("row", "/RS256"),
      "row and ES256": own("row", "/ES256"),
      "row, one object": always(request("GET", "/row/shared")),
    };
  },
  firstRequest: "/plain",
  wasm: inRoot(FOLDER, "build/index_bg.wasm"),
};
