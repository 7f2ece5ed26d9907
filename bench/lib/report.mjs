// What a run came to, as tables: ratios first, because the machine is in all of them.
import { median } from "./measure.mjs";

const OURS = "grantry";
const FLOOR = "floor";

/** To what of the floor each operation is compared: the least that the design says it must do. */
const FLOOR_OF = {
  "code exchange": "row",
  "refresh, rotating": "row",
  "refresh, not rotating": "hop",
  "client credentials": "plain",
  introspection: "hop",
  userinfo: "hop",
  "authorize, remembered": "hop",
  "sign-in": "row",
  health: "plain",
};

/** Of each round, ours over the other's; and of these the middle one. */
export function ratio(results, scenario, connections, other, otherScenario = scenario) {
  const ours = results.figures[OURS]?.[scenario]?.[connections]?.throughput;
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

At 1 / 16 / 64 connections; above 1, Grantry does more.

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
  const rows = Object.keys(results.figures[OURS] ?? {}).map((scenario) => {
    const of = (other, otherScenario) => joined(connectionsOf(results, scenario).map((connections) => round2(ratio(results, scenario, connections, other, otherScenario))));
    return [scenario, `${of(FLOOR, FLOOR_OF[scenario])} (${FLOOR_OF[scenario]})`, ...peers.map((peer) => of(peer))];
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
 * The targets of the design, each with the figure that decides.
 * @returns {{target: string, figure: string, met: boolean | undefined}[]} met: undefined when the run does not tell
 */
export function targets(results, peers) {
  const all = (scenario, other, otherScenario) => connectionsOf(results, scenario).map((connections) => ratio(results, scenario, connections, other, otherScenario)).filter((value) => value !== undefined);
  const least = (values) => (values.length > 0 ? Math.min(...values) : undefined);
  const atLeast = (target, bound, values) => {
    const worst = least(values);
    return { target, figure: worst === undefined ? "not measured" : `${worst.toFixed(2)} at worst`, met: worst === undefined ? undefined : worst >= bound };
  };
  const durable = peers.filter((peer) => results.subjects[peer].durable);
  const everywhere = Object.keys(results.figures[OURS] ?? {}).flatMap((scenario) => peers.flatMap((peer) => all(scenario, peer)));

  const firstRequest = (name) => results.coldStarts[name] && median(results.coldStarts[name].firstRequest);
  const peersFirst = least(peers.map(firstRequest).filter((value) => value !== undefined));
  const size = results.sizes[OURS]?.gzipped;
  // Under load the processor does the most at a time; with one connection, waiting for it is a part of what is counted.
  const cpu = Object.entries(results.figures[OURS] ?? {})
    .filter(([scenario]) => scenario !== "sign-in")
    .map(([scenario, by]) => [scenario, median(Object.values(by).at(-1).cpu)])
    .sort(([, a], [, b]) => b - a)[0];

  return [
    atLeast("code exchange ≥ 0.8 of one durable row", 0.8, all("code exchange", FLOOR, "row")),
    atLeast("rotating refresh ≥ 0.8 of one durable row", 0.8, all("refresh, rotating", FLOOR, "row")),
    atLeast("client credentials ≥ 0.5 of a plain response", 0.5, all("client credentials", FLOOR, "plain")),
    atLeast("code exchange ≥ 2 × the best durable peer", 2, durable.flatMap((peer) => all("code exchange", peer))),
    atLeast("rotating refresh ≥ 2 × the best durable peer", 2, durable.flatMap((peer) => all("refresh, rotating", peer))),
    atLeast("slower than no peer anywhere", 1, everywhere),
    peersFirst === undefined || firstRequest(OURS) === undefined
      ? { target: "first request no slower than the peers'", figure: "not measured" }
      : {
          target: "first request no slower than the peers'",
          figure: `${firstRequest(OURS).toFixed(1)} ms, the quickest peer ${peersFirst.toFixed(1)} ms`,
          met: firstRequest(OURS) <= peersFirst,
        },
    { target: "wasm ≤ 400 KB gzipped", figure: size === undefined ? "not measured" : `${(size / 1024).toFixed(0)} KB`, met: size === undefined ? undefined : size <= 400 * 1024 },
    { target: "no endpoint but sign-in above 2 ms of CPU", figure: cpu ? `${cpu[1].toFixed(2)} ms: ${cpu[0]}` : "not measured", met: cpu && cpu[1] <= 2 },
    { target: "free plan: > 40,000 logins a day of signed-in people, > 15,000 through the pages", figure: "see [cost](../cost.md)", met: undefined },
  ];
}

function targetTable(rows) {
  const word = (met) => (met === undefined ? "–" : met ? "met" : "**not met**");
  return ["| target | figure | |", "| --- | --- | --- |", ...rows.map(({ target, figure, met }) => `| ${target} | ${figure} | ${word(met)} |`)].join("\n");
}
