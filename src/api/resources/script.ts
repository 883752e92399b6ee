import { z } from "zod";
import type { Api, ApiContext } from "../api-context.ts";
import { consumes } from "../http/bodies.ts";
import { failures } from "../shapes/api-error.ts";

const Result = z.object({ result: z.string().optional(), problem: z.string().optional(), stdout: z.string().optional(), stderr: z.string().optional() }).meta({ id: "ScriptExecutionSummary" });

/** Brooklyn's debug console runs Groovy inside its server. Clocker runs no code of others in its own process, and says so in the shape that the console shows. */
export function addScript(api: Api, _context: ApiContext): void {
  api.post(
    "/script/groovy",
    { config: { body: "text" }, schema: { tags: ["server"], summary: "Refused, in the shape of Brooklyn's answer: the server runs no Groovy", consumes: [...consumes.text], body: z.string(), response: { 200: Result, ...failures } } },
    async () => ({ problem: "Clocker runs no Groovy: its server is not a JVM. Use the REST API, effectors or workflows instead" }),
  );
}
