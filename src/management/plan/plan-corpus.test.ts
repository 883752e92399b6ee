import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openServer } from "../open-server.ts";
import { Properties } from "../properties/properties.ts";
import type { Server } from "../server.ts";
import { InMemoryStore } from "../store/in-memory-store.ts";

const corpus = path.resolve(import.meta.dirname, "../../../test/corpus");
const files = readdirSync(corpus, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml") && !name.startsWith("expected")).sort();
const dataDir = mkdtempSync(path.join(tmpdir(), "clocker-plan-corpus-"));
const silent = () => {};

let server: Server;

beforeAll(async () => {
  server = await openServer({ dataDir, properties: new Properties(new Map()), log: { debug: silent, info: silent, warn: silent, error: silent }, store: new InMemoryStore() });
});
afterAll(async () => {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

test.each(files)("plan of %s is made whatever is in it, and touches nothing", (name) => {
  const text = readFileSync(path.join(corpus, name), "utf8");
  const entities = server.plane.entities.size;
  const { plan, spec } = server.applications.planner.plan(text, { isNew: true });
  expect([server.plane.entities.size, plan.isNew]).toEqual([entities, true]);
  // As JSON it is whole: nothing in it is lost on the way to who asked.
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  expect(plan.tree === undefined).toBe(spec === undefined);
  expect(plan.problems.length > 0 || plan.summary.added > 0).toBe(true);
});
