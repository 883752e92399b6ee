import { connect } from "../client/connect.ts";
import { readContexts } from "../context/context-file.ts";
import type { Io } from "../io.ts";

export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

export interface Asked {
  readonly io: Io;
  /** The application that is named before. */
  readonly app: string | undefined;
  readonly context: string | undefined;
  readonly server: string | undefined;
}

export type Source = (asked: Asked) => Promise<Candidate[]>;

/** Milliseconds that somebody who pressed Tab waits for a server. */
const TIMEOUT = 1_500;
const MOST = 500;

/** The names in a list of the server's; none when it does not answer in time. */
export function liveNames(path: string, name: string, description?: string): Source {
  return async (asked) => {
    const rows = listOf(await ask(asked, path));
    return rows.flatMap((row) => {
      const value = row[name];
      const told = description === undefined ? undefined : row[description];
      return typeof value === "string" && value !== "" ? [{ value, ...(typeof told === "string" ? { description: told } : {}) }] : [];
    }).slice(0, MOST);
  };
}

export const applicationNames: Source = async (asked) =>
  listOf(await ask(asked, "/v1/applications")).flatMap(({ spec, status }) => (isRecord(spec) && typeof spec["name"] === "string" ? [{ value: spec["name"], ...(typeof status === "string" ? { description: status } : {}) }] : []));

/** Of one application the names, of all the paths. */
export const entityNames: Source = async (asked) => {
  const trees = listOf(await ask(asked, "/v1/applications/fetch"));
  const found: Candidate[] = [];
  const walk = (entity: Record<string, unknown>, above: string): void => {
    const { name, type, children } = entity;
    if (typeof name !== "string") return;
    const path = above === "" ? name : `${above}/${name}`;
    found.push({ value: asked.app === undefined ? path : name, ...(typeof type === "string" ? { description: type.slice(type.lastIndexOf(".") + 1) } : {}) });
    for (const child of listOf(children)) walk(child, path);
  };
  for (const tree of trees) if (asked.app === undefined || tree["id"] === asked.app || String(tree["name"]).toLowerCase() === asked.app.toLowerCase()) walk(tree, "");
  return found.slice(0, MOST);
};

export const effectorNames: Source = async (asked) => {
  if (asked.app === undefined) return [];
  const app = encodeURIComponent(asked.app);
  return liveNames(`/v1/applications/${app}/entities/${app}/effectors`, "name", "description")(asked);
};

export const contextNames: Source = async ({ io }) => {
  const { contexts } = await readContexts(io).catch(() => ({ contexts: {} as Record<string, { url: string }> }));
  return Object.entries(contexts).map(([value, { url }]) => ({ value, description: url }));
};

async function ask({ io, context, server }: Asked, path: string): Promise<unknown> {
  try {
    const client = await connect({ ...(context === undefined ? {} : { context }), ...(server === undefined ? {} : { server }) }, io);
    return JSON.parse(await client.text(path, { accept: "application/json", timeout: TIMEOUT }));
  } catch {
    // Nobody can be told: a shell that waits for names gets none.
    return undefined;
  }
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
