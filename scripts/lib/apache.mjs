import { accessSync, constants } from "node:fs";

const PROGRAM = "/usr/sbin/apache2";
const MODULES = "/usr/lib/apache2/modules";

/**
 * Debian's Apache and its folder of modules, mod_auth_openidc among them, or undefined.
 * @returns {{program: string, modules: string} | undefined}
 */
export function findApache() {
  try {
    accessSync(PROGRAM, constants.X_OK);
    accessSync(`${MODULES}/mod_auth_openidc.so`, constants.R_OK);
    return { program: PROGRAM, modules: MODULES };
  } catch {
    return undefined;
  }
}
