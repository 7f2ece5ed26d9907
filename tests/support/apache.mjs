// Debian's Apache as an ordinary process of the test: its own port, its own folder, nothing of the machine's configuration.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach } from "node:test";
import { findApache } from "../../scripts/lib/apache.mjs";
import { collect, start, stop } from "../../scripts/lib/run.mjs";
import { answers } from "../../scripts/lib/wrangler.mjs";

const MODULES = ["mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc", "dir", "env", "include", "mime"];

/**
 * Starts Apache; it ends with the test file. Every page shows what it was told about the user, a line for each variable.
 * @param {{port: number, pages: string[], directives: string}} options pages: the paths there are, each a folder
 */
export async function startApache({ port, pages, directives }) {
  const { program, modules } = findApache();
  const folder = mkdtempSync(path.join(tmpdir(), "grantry-apache-"));
  // Started by root, Apache serves as another user, who has to find the pages.
  chmodSync(folder, 0o755);
  for (const page of pages) {
    mkdirSync(path.join(folder, "pages", page), { recursive: true });
    writeFileSync(path.join(folder, "pages", page, "index.shtml"), "<!--#printenv -->");
  }
  const file = path.join(folder, "apache.conf");
  const errorLog = path.join(folder, "error.log");
  writeFileSync(file, `
ServerName localhost
ServerRoot ${folder}
Listen localhost:${port}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
ErrorLog ${errorLog}
LogLevel warn auth_openidc:info
${MODULES.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join("\n")}
User www-data
Group www-data
StartServers 1
DocumentRoot ${folder}/pages
TypesConfig /dev/null
DirectoryIndex index.shtml
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory ${folder}/pages>
  Options +Includes
</Directory>
${directives}
`);
  const apache = start([program, "-DFOREGROUND", "-f", file], { stdio: ["ignore", "pipe", "pipe"] });
  const output = collect(apache);
  const logs = () => {
    try {
      return output() + readFileSync(errorLog, "utf8");
    } catch {
      return output();
    }
  };
  const url = `http://localhost:${port}`;
  afterEach((test) => {
    if (!test.passed) console.error(`Log of Apache when "${test.name}" failed:\n${logs()}`);
  });
  after(async () => {
    await stop(apache);
    rmSync(folder, { recursive: true, force: true });
  });
  if (!(await answers(url, apache, 30))) throw new Error(`Apache did not start. Its log:\n${logs()}`);
  return { url, logs };
}

/** The variables on a page of startApache. @param {string} html @returns {Record<string, string>} */
export const variables = (html) => Object.fromEntries([...html.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
