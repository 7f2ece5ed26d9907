// OpenID Connect, Basic: the authorization code flow of a confidential client, answered in the query.
import { runPlan } from "./basic-plan.mjs";

await runPlan("oidcc-basic-certification-test-plan", "query");
