import { TaskSummary } from "../../api/shapes/task-summary.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Client } from "./client.ts";

/** Milliseconds that reading and checking a blueprint may take. */
const TIMEOUT = 5 * 60_000;

/** Deploys a blueprint. Gives the task of the start, and the application. */
export async function deployText(client: Client, blueprint: string): Promise<{ task: TaskSummary; applicationId: string; warnings: string[] }> {
  const response = await client.fetch("/v1/applications", { method: "POST", body: blueprint, contentType: "application/yaml", accept: "application/json", timeout: TIMEOUT });
  const task = TaskSummary.parse(await response.json());
  const applicationId = task.entityId;
  if (applicationId === undefined) throw new CliError(exitCodes.failed, "The server did not say which application it made");
  return { task, applicationId, warnings: warningsIn(response.headers.get("warning") ?? "") };
}

/** `199 clocker "text", 199 clocker "text"`. */
function warningsIn(header: string): string[] {
  return [...header.matchAll(/\b199 clocker ("(?:[^"\\]|\\.)*")/g)].map((match) => String(JSON.parse(match[1] ?? '""')));
}
