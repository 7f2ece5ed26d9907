// What a run came to, as tables: ratios first, because the machine is in all of them.
import { median } from "./measure.mjs";

const OURS = "grantry";
const FLOOR = "floor";

/** To what of the floor each operation is compared: the least that the design says it must do. */
const FLOOR_OF = {
  "code exchange, RS256 ID token": "row",
  "code exchange, ES256 ID token": "row",
  "code exchange, no ID token": "row",
  "refresh, rotating, RS256 ID token": "row",
  "refresh, rotating, ES256 ID token": "row",
  "refresh, rotating, no ID token": "row",
  "refresh, not rotating": "hop",
  "client credentials": "plain",
  introspection: "hop",
  userinfo: "hop",
  "authorize, remembered": "hop",
  "sign-in": "row",
  health: "plain",
  jwks: "plain",
  metadata: "plain",
};

/** What of the floor signs as much besides, as who issues an ID token has to. */
const BOUND_OF = {
  "code exchange, RS256 ID token": "row and RS256",
  "code exchange, ES256 ID token": "row and ES256",
  "refresh, rotating, RS256 ID token": "row and RS256",
  "refresh, rotating, ES256 ID token": "row and ES256",
};

/** The most that can be expected of an operation. */
const mostOf = (scenario) => BOUND_OF[scenario] ?? FLOOR_OF[scenario];

/** The same without an ID token: what a peer that issues none does in its place. */
const withoutIdToken = (scenario) => scenario.replace(/, \w+ ID token$/, ", no ID token");

/** Of each round, ours over the other's; and of these the middle one. */
export function ratio(results, scenario, connections, other, otherScenario = scenario, subject = OURS) {
  const ours = results.figures[subject]?.[scenario]?.[connections]?.throughput;
  const theirs = results.figures[other]?.[otherScenario]?.[connections]?.throughput;
  return ours && theirs && median(ours.map((value, round) => value / theirs[round]));
}

export function markdown(results) {
  const peers = Object.keys(results.subjects).filter((name) => name !== OURS && name !== FLOOR);
  const { machine } = results;
  return `# ${results.date.slice(0, 10)}, commit ${results.commit}

${machine.cores} × ${machine.processor}, Linux ${machine.kernel}, workerd ${machine.workerd}, Node ${machine.node}; load before the run ${machine.load.toFixed(2)};
medians of ${results.rounds} interleaved rounds. ${peers.map((name) => `${name} ${results.subjects[name].version}`).join(", ")}.
[How to read it](../README.md).

## Throughput of Grantry, as a ratio to the others

At 1 / 16 / 64 connections; above 1, Grantry does more. In brackets: Grantry signs an ID token and the peer, which issues none, does not.

${ratios(results, peers)}

## Grantry

${absolute(results, OURS)}

## The others

${[FLOOR, ...peers].filter((name) => results.figures[name]).map((name) => `### ${name}\n\n${absolute(results, name)}`).join("\n\n")}

## Start, size, memory

${startTable(results)}

## Targets

${targetTable(targets(results, peers))}
`;
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, place) => (place === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const connectionsOf = (results, scenario) => Object.keys(results.figures[OURS]?.[scenario] ?? {}).map(Number);
const joined = (values) => (values.some((value) => value !== undefined) ? values.map((value) => (value === undefined ? "–" : value)).join(" / ") : "–");
const round2 = (value) => value?.toFixed(2);

function ratios(results, peers) {
  const rows = Object.keys(FLOOR_OF).filter((scenario) => results.figures[OURS]?.[scenario]).map((scenario) => {
    const of = (other, otherScenario) => joined(connectionsOf(results, scenario).map((connections) => round2(ratio(results, scenario, connections, other, otherScenario))));
    const beside = (peer) => {
      if (results.figures[peer]?.[scenario]) return of(peer, scenario);
      const unequal = of(peer, withoutIdToken(scenario));
      return unequal === "–" ? unequal : `(${unequal})`;
    };
    const least = [FLOOR_OF[scenario], BOUND_OF[scenario]].filter((what) => results.figures[FLOOR]?.[what]);
    return [scenario, least.map((what) => `${of(FLOOR, what)} (${what})`).join("<br>") || "–", ...peers.map(beside)];
  });
  return table(["operation", "floor", ...peers], rows);
}

function absolute(results, subject) {
  const rows = Object.entries(results.figures[subject] ?? {}).map(([scenario, by]) => {
    const of = (what, digits) => joined(Object.values(by).map((figures) => median(figures[what]).toFixed(digits)));
    return [scenario, of("throughput", 0), of("p50", 1), of("p99", 1), of("cpu", 2)];
  });
  return table(["operation", "per second", "p50 ms", "p99 ms", "CPU ms each"], rows);
}

function startTable({ coldStarts, sizes, memory }) {
  const kilobytes = (bytes) => (bytes === undefined ? "–" : (bytes / 1024).toFixed(0));
  const rows = Object.entries(coldStarts).map(([name, { firstRequest, fromStart }]) => [
    name,
    median(firstRequest).toFixed(1),
    median(fromStart).toFixed(0),
    kilobytes(sizes[name]?.raw),
    kilobytes(sizes[name]?.gzipped),
    (memory.bytes[name] / 1024 / 1024).toFixed(0),
  ]);
  return table(["subject", "first request ms", "with the start of the process ms", "wasm KB", "gzipped KB", `MB after ${memory.requests} requests`], rows);
}

/**
 * The targets of the design, what of the run each is judged on, and the figure that decides.
 * @returns {{target: string, on: string, figure: string, met: boolean | undefined}[]} met: undefined when the run does not tell
 */
export function targets(results, peers) {
  const durable = peers.filter((peer) => results.subjects[peer].durable);
  const withIdToken = ["RS256 ID token", "ES256 ID token", "no ID token"];
  const inAllWays = (operation) => withIdToken.map((way) => `${operation}, ${way}`);

  const size = results.sizes[OURS]?.gzipped;
  // Under load the processor does the most at a time; with one connection, waiting for it is a part of what is counted.
  const cpu = Object.entries(results.figures[OURS] ?? {})
    .filter(([scenario]) => scenario !== "sign-in")
    .map(([scenario, by]) => [scenario, median(Object.values(by).at(-1).cpu)])
    .sort(([, a], [, b]) => b - a)[0];

  return [
    ...["code exchange", "refresh, rotating"].flatMap((operation) =>
      inAllWays(operation).map((scenario) => atLeast(results, `${operation} ≥ 0.8 of one durable row`, 0.8, [scenario], [FLOOR])),
    ),
    atLeast(results, "client credentials ≥ 0.5 of a plain response", 0.5, ["client credentials"], [FLOOR]),
    ...["code exchange", "refresh, rotating"].map((operation) => atLeast(results, `${operation} ≥ 2 × the best durable peer`, 2, [`${operation}, no ID token`], durable)),
    ...peers.map((peer) => atLeast(results, `not slower than ${peer}${results.subjects[peer].durable ? "" : ", in memory"}`, 1, Object.keys(FLOOR_OF), [peer])),
    ...firstRequests(results, peers),
    { target: "wasm ≤ 400 KB gzipped", on: "the module", figure: size === undefined ? "not measured" : `${(size / 1024).toFixed(0)} KB`, met: size === undefined ? undefined : size <= 400 * 1024 },
    { target: "no endpoint but sign-in above 2 ms of CPU", on: "all operations at most connections", figure: cpu ? `${cpu[1].toFixed(2)} ms: ${cpu[0]}` : "not measured", met: cpu && cpu[1] <= 2 },
    { target: "free plan: > 40,000 logins a day of signed-in people, > 15,000 through the pages", on: "[cost](../cost.md)", figure: "see there", met: undefined },
  ];
}

/** Judged on the worst ratio of these operations, at any number of connections, to any of the others that does the same. */
function atLeast(results, target, least, scenarios, others) {
  const found = scenarios
    .flatMap((scenario) => others.flatMap((other) => connectionsOf(results, scenario).map((connections) => {
      const value = ratio(results, scenario, connections, other, other === FLOOR ? FLOOR_OF[scenario] : scenario);
      return { scenario, other, connections, value };
    })))
    .filter(({ value }) => value !== undefined)
    .sort((a, b) => a.value - b.value);
  const on = scenarios.length > 1 ? `the ${new Set(found.map(({ scenario }) => scenario)).size} operations of both` : scenarios[0];
  if (found.length === 0) return { target, on, figure: "not measured" };
  const [{ scenario, other, connections, value }] = found;
  const most = mostOf(scenario);
  const reachable = ratio(results, most, connections, other, other === FLOOR ? FLOOR_OF[scenario] : scenario, FLOOR);
  const where = [...(scenarios.length > 1 ? [scenario] : []), ...(others.length > 1 ? [other] : []), `${connections} connection${connections === 1 ? "" : "s"}`];
  const beside = reachable && !(other === FLOOR && most === FLOOR_OF[scenario]) ? `; ${most} of the floor: ${reachable.toFixed(2)}` : "";
  return { target, on, figure: `${value.toFixed(2)} at worst: ${where.join(", ")}${beside}`, met: value >= least };
}

/** One for each peer that runs JavaScript, which is all of them. */
function firstRequests({ coldStarts }, peers) {
  const first = (name) => coldStarts[name] && median(coldStarts[name].firstRequest);
  return peers.map((peer) => {
    const [target, on] = [`first request no slower than ${peer}'s`, "metadata, a fresh process"];
    if (first(OURS) === undefined || first(peer) === undefined) return { target, on, figure: "not measured" };
    return { target, on, figure: `${first(OURS).toFixed(1)} ms, there ${first(peer).toFixed(1)} ms`, met: first(OURS) <= first(peer) };
  });
}

function targetTable(rows) {
  const word = (met) => (met === undefined ? "–" : met ? "met" : "**not met**");
  return ["| target | judged on | figure | |", "| --- | --- | --- | --- |", ...rows.map(({ target, on, figure, met }) => `| ${target} | ${on} | ${figure} | ${word(met)} |`)].join("\n");
}
