// Which requirement of which specification which test shows. The tests say it, in a comment above each:
//
//     // spec: RFC 7009 section 2.2 - an invalid token is answered with 200
//
// docs/specs.md is generated from these comments. A comment that is above no test, or names an unknown specification, is a problem.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { danglingLinks, documents } from "./documents.mjs";
import { filesUnder, natural } from "./files.mjs";

const PAGE = "docs/specs.md";
const INVARIANTS = "docs/architecture.md";

/** Specifications beside RFCs: the name used in comments, and where it is published. */
const PUBLISHED = new Map([
  ["OpenID Connect Core", "https://openid.net/specs/openid-connect-core-1_0.html"],
  ["OpenID Connect Discovery", "https://openid.net/specs/openid-connect-discovery-1_0.html"],
  ["OpenID Connect Registration", "https://openid.net/specs/openid-connect-registration-1_0.html"],
  ["OpenID Connect Initiating User Registration", "https://openid.net/specs/openid-connect-prompt-create-1_0.html"],
  ["OpenID Connect RP-Initiated Logout", "https://openid.net/specs/openid-connect-rpinitiated-1_0.html"],
  ["OpenID Connect Back-Channel Logout", "https://openid.net/specs/openid-connect-backchannel-1_0.html"],
  ["OpenID Connect Prompt Create", "https://openid.net/specs/openid-connect-prompt-create-1_0.html"],
  ["OAuth Form Post Response Mode", "https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html"],
  ["OAuth Multiple Response Types", "https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html"],
  ["OAuth Client ID Metadata Document", "https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-02.html"],
  ["OAuth 2.1", "https://datatracker.ietf.org/doc/draft-ietf-oauth-v2-1/"],
  ["FAPI 2.0 Security Profile", "https://openid.net/specs/fapi-security-profile-2_0-final.html"],
  ["Content Security Policy", "https://www.w3.org/TR/CSP3/"],
  ["Fetch", "https://fetch.spec.whatwg.org/"],
  ["Fetch Metadata", "https://www.w3.org/TR/fetch-metadata/"],
  ["WCAG 2.2", "https://www.w3.org/TR/WCAG22/"],
  ["NIST SP 800-63B", "https://pages.nist.gov/800-63-3/sp800-63b.html"],
]);

/** RFCs that the tests name, with their titles. */
const RFCS = new Map([
  [3339, "Date and Time on the Internet: Timestamps"],
  [3986, "Uniform Resource Identifier (URI): Generic Syntax"],
  [4648, "The Base16, Base32, and Base64 Data Encodings"],
  [6265, "HTTP State Management Mechanism"],
  [6749, "The OAuth 2.0 Authorization Framework"],
  [6750, "The OAuth 2.0 Authorization Framework: Bearer Token Usage"],
  [7009, "OAuth 2.0 Token Revocation"],
  [7515, "JSON Web Signature (JWS)"],
  [7517, "JSON Web Key (JWK)"],
  [7518, "JSON Web Algorithms (JWA)"],
  [7519, "JSON Web Token (JWT)"],
  [7521, "Assertion Framework for OAuth 2.0 Client Authentication and Authorization Grants"],
  [7523, "JSON Web Token (JWT) Profile for OAuth 2.0 Client Authentication and Authorization Grants"],
  [7578, "Returning Values from Forms: multipart/form-data"],
  [7591, "OAuth 2.0 Dynamic Client Registration Protocol"],
  [7592, "OAuth 2.0 Dynamic Client Registration Management Protocol"],
  [7617, "The 'Basic' HTTP Authentication Scheme"],
  [7636, "Proof Key for Code Exchange by OAuth Public Clients"],
  [7638, "JSON Web Key (JWK) Thumbprint"],
  [7643, "System for Cross-domain Identity Management: Core Schema"],
  [7644, "System for Cross-domain Identity Management: Protocol"],
  [7662, "OAuth 2.0 Token Introspection"],
  [8037, "CFRG Elliptic Curve Diffie-Hellman (ECDH) and Signatures in JOSE"],
  [8252, "OAuth 2.0 for Native Apps"],
  [8259, "The JavaScript Object Notation (JSON) Data Interchange Format"],
  [8414, "OAuth 2.0 Authorization Server Metadata"],
  [8628, "OAuth 2.0 Device Authorization Grant"],
  [8693, "OAuth 2.0 Token Exchange"],
  [8707, "Resource Indicators for OAuth 2.0"],
  [8725, "JSON Web Token Best Current Practices"],
  [9068, "JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens"],
  [9101, "The OAuth 2.0 Authorization Framework: JWT-Secured Authorization Request (JAR)"],
  [9106, "Argon2 Memory-Hard Function"],
  [9110, "HTTP Semantics"],
  [9111, "HTTP Caching"],
  [9126, "OAuth 2.0 Pushed Authorization Requests"],
  [9207, "OAuth 2.0 Authorization Server Issuer Identification"],
  [9396, "OAuth 2.0 Rich Authorization Requests"],
  [9449, "OAuth 2.0 Demonstrating Proof of Possession (DPoP)"],
  [9470, "OAuth 2.0 Step Up Authentication Challenge Protocol"],
  [9700, "Best Current Practice for OAuth 2.0 Security"],
  [9701, "JSON Web Token (JWT) Response for OAuth Token Introspection"],
  [9728, "OAuth 2.0 Protected Resource Metadata"],
  [9864, "Fully-Specified Algorithms for JOSE and COSE"],
]);

/**
 * @typedef {{file: string, spec: string, section: string, requirement: string, test: string}} Annotation
 * @typedef {{file: string, text: string}} Source
 */

/**
 * The page that the comments of one checkout give, and the problems in them.
 * @param {string} root
 * @returns {{page: string, stale: boolean, problems: string[]}}
 */
export function readSpecs(root) {
  const read = (file) => readFileSync(path.join(root, file), "utf8");
  // The tests of the project's tools are about no specification.
  const isSource = (file) => /\.(?:rs|mjs)$/.test(file) && !file.startsWith("tests/tooling/");
  const files = ["src", "tests"].flatMap((folder) => filesUnder(root, folder)).filter(isSource);
  const found = files.map((file) => annotations({ file, text: read(file) }));
  const invariants = invariantsOf(read(INVARIANTS));
  const all = found.flatMap(({ annotations }) => annotations);
  const page = pageOf(all, invariants);
  return {
    page,
    stale: !existsSync(path.join(root, PAGE)) || read(PAGE) !== page,
    problems: [
      ...found.flatMap(({ problems }) => problems),
      ...[...invariants.keys()].filter((number) => !all.some(({ spec }) => spec === `Invariant ${number}`)).map((number) => `${INVARIANTS}: no test says that it shows invariant ${number}.`),
      ...documents(root).flatMap((file) => danglingLinks(root, file, file === PAGE ? page : read(file)).map((link) => `${file}: the link ${link} leads nowhere. Correct the file or the heading that it names.`)),
    ],
  };
}

/**
 * The annotations of a file of tests.
 * @param {Source} source
 * @returns {{annotations: Annotation[], problems: string[]}}
 */
export function annotations({ file, text }) {
  const lines = text.split("\n");
  const result = { annotations: [], problems: [] };
  for (const [index, line] of lines.entries()) {
    const said = line.match(/^\s*\/\/[/!]?\s*spec:\s*(.*)$/)?.[1];
    if (said === undefined) continue;
    const at = `${file}:${index + 1}`;
    const parts = said.match(/^(?<spec>.+?)(?: (?<section>section [\d.]+|appendix [A-Z][\d.]*))? - (?<requirement>\S.*?)\.?$/)?.groups;
    const test = testBelow(lines, index + 1, file.endsWith(".rs"));
    if (!parts) result.problems.push(`${at}: write it as \`spec: RFC 7009 section 2.2 - what the test shows\`, not \`${said}\`.`);
    else if (!isKnown(parts.spec)) result.problems.push(`${at}: ${parts.spec} is not a specification that scripts/lib/specs.mjs lists. Correct the name, or add it to the list.`);
    else if (!test) result.problems.push(`${at}: this comment must be directly above a test.`);
    else result.annotations.push({ file, ...parts, section: parts.section ?? "", test });
  }
  return result;
}

/** The name of the test whose comments and attributes go on at `index`, if that is what stands there. */
function testBelow(lines, index, rust) {
  let marked = false;
  for (; index < lines.length; index++) {
    const line = lines[index].trim();
    if (line.startsWith("//")) continue;
    if (!rust) return line.match(/^(?:test|\w+Test)\((["'`])(.*?[^\\])\1,/)?.[2].replaceAll(/\$\{[^}]*\}/g, "…");
    if (!line.startsWith("#[")) return marked ? line.match(/^(?:async )?fn (\w+)\(/)?.[1] : undefined;
    marked ||= /^#\[(?:\w+::)*test\b/.test(line);
  }
  return undefined;
}

const isKnown = (spec) => PUBLISHED.has(spec) || /^Invariant \d+$/.test(spec) || RFCS.has(rfcNumber(spec));
const rfcNumber = (spec) => Number(spec.match(/^RFC (\d+)$/)?.[1]);

/** The numbered list under the heading "Invariants". @returns {Map<number, string>} */
function invariantsOf(text) {
  const part = text.split(/^## Invariants$/m)[1]?.split(/^## /m)[0] ?? "";
  const entries = part.matchAll(/^(\d+)\. ([^\n]*(?:\n {3}[^\n]*)*)/gm);
  return new Map([...entries].map(([, number, said]) => [Number(number), said.replaceAll(/\n */g, " ")]));
}

/**
 * The page: specifications, their sections, what is shown of each, and where.
 * @param {Annotation[]} all
 * @param {Map<number, string>} invariants
 */
export function pageOf(all, invariants) {
  const bySpec = groupedBy(all, ({ spec }) => spec);
  const specs = [...bySpec.keys()].sort(natural).sort((a, b) => rank(a) - rank(b));
  const parts = specs.map((spec) => {
    const bySection = groupedBy(bySpec.get(spec), ({ section }) => section);
    const sections = [...bySection.keys()].sort(natural).sort((a, b) => b.startsWith("section") - a.startsWith("section"));
    return `## ${titleOf(spec, invariants)}\n\n${sections.map((section) => sectionOf(spec, section, bySection.get(section))).join("\n")}`;
  });
  return `# Specifications

What the tests show, by specification and section. \`node scripts/specs.mjs\` generates this page from the comments above the
tests, and \`npm test -- specs\` fails if it is out of date.

${parts.join("\n")}`;
}

/** Specifications first, then our own invariants. */
const rank = (spec) => (spec.startsWith("RFC ") ? 0 : spec.startsWith("Invariant ") ? 2 : 1);

function titleOf(spec, invariants) {
  if (RFCS.has(rfcNumber(spec))) return `[${spec}](${addressOf(spec)}): ${RFCS.get(rfcNumber(spec))}`;
  if (PUBLISHED.has(spec)) return `[${spec}](${addressOf(spec)})`;
  return `[${spec}](architecture.md#invariants): ${invariants.get(Number(spec.split(" ")[1])) ?? "unknown"}`;
}

const addressOf = (spec) => PUBLISHED.get(spec) ?? `https://www.rfc-editor.org/rfc/rfc${rfcNumber(spec)}`;

function sectionOf(spec, section, annotations) {
  const title = section.charAt(0).toUpperCase() + section.slice(1);
  const heading = spec.startsWith("RFC ") ? `[${title}](${addressOf(spec)}#${section.replace(" ", "-")})` : title;
  const byRequirement = groupedBy(annotations, ({ requirement }) => requirement);
  const lines = [...byRequirement].map(([requirement, shown]) => {
    const tests = shown.map(({ file, test }) => `[${path.basename(file)}](../${file}) \`${test}\``);
    return `- ${requirement}: ${[...new Set(tests)].join(", ")}\n`;
  });
  return `${section ? `### ${heading}\n\n` : ""}${lines.join("")}`;
}

/** The items by what `keyOf` gives of each, in the order of the first of each group. */
export function groupedBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
