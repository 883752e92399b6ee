import { Found } from "../../api/shapes/found.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Client } from "./client.ts";

/** An entity, as commands need it. */
export type FoundEntity = Found & { readonly applicationId: string };

/**
 * The entity or task that is meant, whichever way it is named: by id, name, path (`shop/web`) or a unique beginning of these.
 * @throws CliError `notFound` with the nearest name; `refused` with the candidates when several are meant.
 */
export function findAny(client: Client, name: string): Promise<Found> {
  return client.json(Found, "/v1/find", { query: { name } });
}

/** As findAny, of entities alone. */
export async function findOne(client: Client, name: string): Promise<FoundEntity> {
  const found = await findAny(client, name);
  if (found.kind === "entity" && found.applicationId !== undefined) return { ...found, applicationId: found.applicationId };
  throw new CliError(exitCodes.usage, `"${name}" is a task, and an application or entity is expected`);
}
