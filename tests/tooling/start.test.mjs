import assert from "node:assert/strict";
import { test } from "node:test";
import { devArguments } from "../../scripts/lib/wrangler.mjs";

test("without arguments the server is where wrangler.toml says", () => {
  const { url, issuer, args } = devArguments([]);
  assert.equal(url, "http://localhost:8787");
  assert.equal(issuer, url);
  assert.deepEqual(args, ["--port", "8787", "--var", "ISSUER:http://localhost:8787"]);
});

test("the issuer follows the port, however it is written", () => {
  for (const given of [["--port", "9000"], ["--port=9000"], ["--port", "8000", "--port", "9000"]]) {
    const { port, issuer, args } = devArguments(given);
    assert.equal(port, 9000);
    assert.equal(issuer, "http://localhost:9000");
    assert.deepEqual(args, [...given, "--var", "ISSUER:http://localhost:9000"]);
  }
});

test("an issuer that was given wins, however it is written", () => {
  const issuer = "https://login.example.org";
  for (const given of [["--var", `ISSUER:${issuer}`], [`--var=ISSUER:${issuer}`], ["--var", "OTHER:1", `ISSUER:${issuer}`]]) {
    const started = devArguments([...given, "--port", "9000"]);
    assert.equal(started.issuer, issuer);
    assert.equal(started.url, "http://localhost:9000");
    assert.deepEqual(started.args, [...given, "--port", "9000"]);
  }
});

test("other arguments go to wrangler as they are", () => {
  const given = ["--persist-to", "/tmp/state", "--var", "NOT_ISSUER:1"];
  const { issuer, args } = devArguments(given);
  assert.equal(issuer, "http://localhost:8787");
  assert.deepEqual(args.slice(0, given.length), given);
});

test("a port that is none is refused with an example", () => {
  for (const given of [["--port"], ["--port", "http"], ["--port=0"], ["--port", "65536"]]) {
    assert.throws(() => devArguments(given), /npm start -- --port/);
  }
});
