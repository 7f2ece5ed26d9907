// A certificate for this machine's own name, for tests that need https; it is made for each run and trusted by nobody else.
import { createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import tls from "node:tls";

/** Of DER (ITU-T X.690), only what a certificate needs. */
const der = (tag, ...contents) => {
  const content = Buffer.concat(contents);
  const { length: size } = content;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...contents) => der(0x30, ...contents);
const set = (...contents) => der(0x31, ...contents);
const oid = (hex) => der(0x06, Buffer.from(hex, "hex"));
const octets = (content) => der(0x04, content);
const bits = (content) => der(0x03, Buffer.from([0]), content);
const utcTime = (date) => der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replaceAll(/[-:T]/g, "")}Z`));

const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));
const COMMON_NAME = oid("550403");
const SUBJECT_ALT_NAME = oid("551d11");
const DAY = 86_400_000;

/** A self-signed certificate for localhost, 127.0.0.1 and ::1 (RFC 5280 section 4.1), and its key, as PEM. */
function certificate() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(set(sequence(COMMON_NAME, der(0x0c, Buffer.from("localhost")))));
  const hosts = sequence(
    der(0x82, Buffer.from("localhost")),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, Buffer.from([...Array(15).fill(0), 1])),
  );
  // Not an authority's: a strict client takes none such for the server's own.
  const extensions = sequence(sequence(SUBJECT_ALT_NAME, octets(hosts)));
  const now = Date.now();
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime(new Date(now - DAY)), utcTime(new Date(now + DAY))),
    name,
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
    der(0xa3, extensions),
  );
  const whole = sequence(toBeSigned, ECDSA_WITH_SHA256, bits(sign("sha256", toBeSigned, privateKey)));
  const lines = whole.toString("base64").match(/.{1,64}/g).join("\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
  };
}

const folder = mkdtempSync(path.join(tmpdir(), "grantry-certificate-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The certificate of this test file and the files that hold it. This process trusts it from now on; another program is told to
 * by NODE_EXTRA_CA_CERTS.
 */
export const localhost = { ...certificate(), certFile: path.join(folder, "cert.pem"), keyFile: path.join(folder, "key.pem") };
writeFileSync(localhost.certFile, localhost.cert);
writeFileSync(localhost.keyFile, localhost.key, { mode: 0o600 });
tls.setDefaultCACertificates([...tls.getCACertificates(), localhost.cert]);
