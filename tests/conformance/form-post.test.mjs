// OpenID Connect, Form Post Basic: the same modules, answered by a form that the browser posts.
import { runPlan } from "./basic-plan.mjs";

await runPlan("oidcc-formpost-basic-certification-test-plan", "form_post");
