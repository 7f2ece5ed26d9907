import { freshSecrets } from "../../scripts/lib/keys.mjs";

/** The secrets of everything this test file starts: a server that is started again opens what the one before sealed. */
export const secrets = await freshSecrets();
