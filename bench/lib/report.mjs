// What a run came to, as tables: ratios first, because the machine is in all of them.
import { beside, floor, FLOOR_OF } from "../subjects/floor.mjs";
import { median } from "./measure.mjs";

const OURS = "grantry";
const FLOOR = floor.name;

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

With 1 / 16 / 64 connections; above 1, Grantry is faster. In brackets: Grantry signs an ID token, and the peer issues none.

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
    const ofPeer = (peer) => {
      if (results.figures[peer]?.[scenario]) return of(peer, scenario);
      const unequal = of(peer, withoutIdToken(scenario));
      return unequal === "–" ? unequal : `(${unequal})`;
    };
    const least = FLOOR_OF[scenario].filter((what) => results.figures[FLOOR]?.[beside(scenario, what)]);
    return [scenario, least.map((what) => `${of(FLOOR, beside(scenario, what))} (${what})`).join("<br>") || "–", ...peers.map(ofPeer)];
  });
  return table(["operation", "floor", ...peers], rows);
}

function absolute(results, subject) {
  const rows = Object.entries(subject === FLOOR ? floorAltogether(results) : (results.figures[subject] ?? {})).map(([scenario, by]) => {
    const of = (what, digits) => joined(Object.values(by).map((figures) => median(figures[what]).toFixed(digits)));
    return [scenario, of("throughput", 0), of("p50", 1), of("p99", 1), of("cpu", 2)];
  });
  return table(["operation", "per second", "p50 ms", "p99 ms", "CPU ms each"], rows);
}

/** What the floor did beside whatever it was. */
function floorAltogether({ figures }) {
  const found = {};
  for (const [operation, compared] of Object.entries(FLOOR_OF)) {
    for (const what of compared) {
      for (const [connections, by] of Object.entries(figures[FLOOR][beside(operation, what)] ?? {})) {
        const place = ((found[what] ??= {})[connections] ??= {});
        for (const [figure, values] of Object.entries(by)) (place[figure] ??= []).push(...values);
      }
    }
  }
  return found;
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

/** What an operation is compared to, of the floor or of a peer. */
const otherScenario = (scenario, other) => (other === FLOOR ? beside(scenario, FLOOR_OF[scenario][0]) : scenario);

/** Judged on the worst ratio of these operations, at any number of connections, to any of the others that does the same. */
function atLeast(results, target, least, scenarios, others) {
  const found = scenarios
    .flatMap((scenario) => others.flatMap((other) => connectionsOf(results, scenario).map((connections) => {
      const value = ratio(results, scenario, connections, other, otherScenario(scenario, other));
      return { scenario, other, connections, value };
    })))
    .filter(({ value }) => value !== undefined)
    .sort((a, b) => a.value - b.value);
  const on = scenarios.length > 1 ? `the ${new Set(found.map(({ scenario }) => scenario)).size} operations of both` : scenarios[0];
  if (found.length === 0) return { target, on, figure: "not measured" };
  const [{ scenario, other, connections, value }] = found;
  const most = FLOOR_OF[scenario].at(-1);
  const reachable = ratio(results, beside(scenario, most), connections, other, otherScenario(scenario, other), FLOOR);
  const where = [...(scenarios.length > 1 ? [scenario] : []), ...(others.length > 1 ? [other] : []), `${connections} connection${connections === 1 ? "" : "s"}`];
  const bound = reachable && !(other === FLOOR && FLOOR_OF[scenario].length === 1) ? `; ${most} of the floor: ${reachable.toFixed(2)}` : "";
  return { target, on, figure: `${value.toFixed(2)} at worst: ${where.join(", ")}${bound}`, met: value >= least };
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
