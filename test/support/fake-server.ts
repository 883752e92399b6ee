import { randomBytes } from "node:crypto";
import { parse } from "yaml";
import { Catalog } from "../../src/blueprint/catalog/index.ts";
import { Applications } from "../../src/management/applications.ts";
import type { BlueprintReader } from "../../src/management/blueprint-reader.ts";
import { importState } from "../../src/management/import-state.ts";
import { CatalogStore } from "../../src/management/catalog-store.ts";
import { PlaneLocations } from "../../src/management/location/location-registry.ts";
import { defineCatalogLocations } from "../../src/management/location/catalog-locations.ts";
import { Logbook } from "../../src/management/logbook.ts";
import { Plane } from "../../src/management/plane.ts";
import { Properties } from "../../src/management/properties/properties.ts";
import type { Server } from "../../src/management/server.ts";
import { InMemoryStore } from "../../src/management/store/in-memory-store.ts";
import { Persister } from "../../src/management/store/persister.ts";
import { Types } from "../../src/management/types.ts";
import type { AdjunctType } from "../../src/model/adjunct.ts";
import { configKey } from "../../src/model/config-key.ts";
import { effector } from "../../src/model/effector.ts";
import { defineEntityType } from "../../src/model/entity-type.ts";
import { ClockerError } from "../../src/model/errors.ts";
import type { Management } from "../../src/model/management.ts";
import { sensor } from "../../src/model/sensor.ts";
import { entitySpec, type EntitySpec, type Json, type JsonObject, type AdjunctSpec } from "../../src/model/spec.ts";
import { types } from "../../src/model/types/index.ts";
import { basicApplication, basicEntity, entityBase, startableBase, starting, stopping } from "../../src/software/stock/application.ts";
import { MAIN_URI } from "../../src/software/stock/attributes.ts";
import { STARTABLE } from "../../src/software/stock/startable.ts";
import { realClock } from "./real-clock.ts";

export interface FakeServer extends Server {
  /** Resolves the effector `hold` of all test services. */
  letGo(): void;
  /** Lines logged at `error`. */
  readonly errors: { fields: object; message: string }[];
  /** Makes every flush fail from now on. */
  breakStore(): void;
  /** What the properties say when they are read again. */
  changeProperties(values: Readonly<Record<string, string>>): void;
}

/**
 * A server with a real plane over a store in memory, and a blueprint reader that knows two types: enough to test what talks to a server.
 * `test-service` has sensors, config and effectors of every kind; its start fails when its config `test.fails` is set.
 */
export function fakeServer(options: { properties?: Record<string, string>; isReady?: boolean } = {}): FakeServer {
  const errors: FakeServer["errors"] = [];
  let changed: Readonly<Record<string, string>> | undefined;
  const properties = Properties.of(options.properties ?? {});
  const logbook = new Logbook(realClock);
  const log = logbook.keeping({ debug: () => {}, info: () => {}, warn: () => {}, error: (fields: object, message: string) => void errors.push({ fields, message }) });
  const store = new InMemoryStore();
  const persister = new Persister({ store, clock: realClock, onError: () => {}, window: 0, lazyWindow: 0 });
  let held = Promise.withResolvers<void>();
  const service = testService(() => held.promise);
  const plane = new Plane({
    planeId: "Plane123",
    dataDir: "/nowhere",
    clock: realClock,
    randomBytes,
    persister,
    types: new Types({ entities: [entityBase, startableBase, basicApplication, basicEntity, service], adjuncts: [testPolicy, testEnricher], initializers: [] }),
    resources: { read: async () => Buffer.from("services: [{type: test-service}]"), file: async () => "/nowhere" },
    secrets: { seal: (plain) => plain, open: String },
    log,
    dsl: { isDeferred: (raw) => typeof raw === "string" && raw.startsWith("$brooklyn:"), resolve: async (raw) => (raw === '$brooklyn:literal("later")' ? undefined : typeof raw === "string" ? raw.replace(/^\$brooklyn:/, "") : raw) },
    locations: (management) => new PlaneLocations(management, [testLocations(management)], [{ id: "Named123", name: "named-place", displayName: "A Place", spec: "test:place", config: { user: "bob", password: "hunter2" } }]),
  });
  const { locations } = plane;
  if (!(locations instanceof PlaneLocations)) throw new Error("Not the locations that were made");
  const catalog = new Catalog();
  defineCatalogLocations(catalog, locations);
  const catalogStore = new CatalogStore({ catalog, documents: plane.documents, log, secrets: plane.secrets });
  return {
    plane,
    applications: new Applications(plane, locations, { open: () => Promise.resolve(), examine: examineTestBlueprint, read: readTestBlueprint, readChildren: (text) => ({ specs: readTestBlueprint(text).spec.children, warnings: [] }) }),
    catalog,
    catalogStore,
    locations,
    properties,
    reloadProperties: async (check) => {
      if (changed === undefined) throw new ClockerError("forbidden", "Cannot reload the properties: this server was started without a properties file");
      const fresh = Properties.of(changed);
      check?.(fresh);
      properties.replaceWith(fresh);
      locations.redefine(fresh.namedLocations().map(({ name, spec, properties: config }) => ({ id: name, name, displayName: name, spec, config })));
    },
    importState: (records) => importState(records, { plane, locations, catalogStore }),
    changeProperties: (values) => {
      changed = values;
    },
    log,
    logbook,
    records: async function* () {
      await persister.flush();
      yield* store.load();
    },
    version: { version: "0.1.0-test", buildSha1: "abc", buildBranch: "main" },
    isReady: options.isReady ?? true,
    close: async () => {
      await persister.close();
      await store.close();
    },
    errors,
    letGo: () => {
      held.resolve();
      held = Promise.withResolvers();
    },
    breakStore: () => {
      plane.documents.flush = () => Promise.reject(new ClockerError("storage", "Cannot write to the store: the disk is full"));
    },
  };
}

function testService(held: () => Promise<void>) {
  const fails = configKey("test.fails", types.string, "Message to fail the start with");
  return defineEntityType({
    name: "org.example.TestService",
    displayName: "Test Service",
    description: "A service for tests",
    aliases: ["test-service"],
    extends: [startableBase],
    traits: [STARTABLE],
    config: [
      fails,
      configKey("test.size", types.integer, "A number", { defaultValue: 1, flag: "size", reconfigurable: true }),
      configKey("test.wait", types.duration, "A time", { defaultValue: 90_000 }),
      configKey("test.kind", types.enumOf("org.example.Kind", ["SMALL", "LARGE"]), "An enumeration"),
      configKey("test.password", types.secret, "A secret"),
      configKey("test.hidden", types.string, "A secret by its key", { secret: true }),
    ],
    sensors: [sensor("test.count", types.integer, "A number"), sensor("test.wait.actual", types.duration, "A time"), sensor("test.unset", types.string, "Never set"), sensor("test.db.password", types.string, "A secret")],
    effectors: [
      effector("start", "Start", async ({ entity, work }) =>
        starting(entity, async () => {
          await work.step("launch", async (step) => {
            step.log(`launching ${entity.displayName}`);
            const message = entity.config.peek(fails);
            if (message !== undefined) throw new ClockerError("start-failed", message, { remedy: "Mend it" });
          });
          entity.set(MAIN_URI, "http://127.0.0.1:49153/");
        })),
      effector("stop", "Stop", async ({ entity }) => stopping(entity, async () => {})),
      effector("echo", "Gives back what it got", async ({ parameters }) => parameters, { parameters: [{ name: "size", type: types.integer, description: "A number", defaultValue: 3 }, { name: "text", type: types.string, description: "Text" }], returnType: "java.util.Map" }),
      effector("say", "Text", async () => "hello", { returnType: "java.lang.String" }),
      effector("nothing", "Nothing", async () => undefined),
      effector("hold", "Waits until it is let go", async ({ work }) => {
        work.waitFor("to be let go");
        work.log("holding");
        await Promise.race([held(), new Promise((_resolve, reject) => work.signal.addEventListener("abort", () => reject(work.signal.reason)))]);
        return "let go";
      }, { returnType: "java.lang.String" }),
      effector("break", "Fails", async () => {
        throw new ClockerError("command-failed", "Cannot break: it is broken already", { remedy: "Leave it" });
      }),
      effector("crash", "Fails unexpectedly", async () => {
        throw new TypeError("secret internals");
      }),
    ],
  });
}

const testPolicy: AdjunctType = {
  name: "org.example.TestPolicy",
  kind: "policy",
  displayName: "Test policy",
  description: "A policy for tests",
  aliases: [],
  config: [configKey("policy.size", types.integer, "A number", { defaultValue: 5 }), configKey("policy.live", types.integer, "A number that may change", { reconfigurable: true }), configKey("policy.password", types.secret, "A secret")],
  attach: () => () => {},
};

const testEnricher: AdjunctType = { ...testPolicy, name: "org.example.TestEnricher", kind: "enricher", displayName: "Test enricher" };

function testLocations(_management: Management) {
  return {
    prefix: "test",
    resolve: (spec: { text: string }, id: string, config: Readonly<Record<string, Json>>) => ({ id, name: spec.text, spec: spec.text, type: "org.example.TestLocation", parent: undefined, config }),
  };
}

function examineTestBlueprint(text: string): ReturnType<BlueprintReader["examine"]> {
  try {
    const { spec, warnings } = readTestBlueprint(text);
    return { spec, problems: [], warnings: warnings.map((message) => ({ message })) };
  } catch (error) {
    if (!(error instanceof ClockerError)) throw error;
    return { spec: undefined, problems: [error], warnings: [] };
  }
}

function policySpec(policy: JsonObject): AdjunctSpec {
  const { type, id, uniqueTag, tags, "brooklyn.config": config } = policy;
  return { type: String(type), config: isMap(config) ? config : {}, ...(id === undefined ? {} : { planId: String(id) }), ...(uniqueTag === undefined ? {} : { uniqueTag: String(uniqueTag) }), ...(Array.isArray(tags) ? { tags } : {}) };
}

/** Blueprints with `name`, `location`, `services` (with `type`, `name`, `id`, config, `brooklyn.policies`, `brooklyn.children`). */
function readTestBlueprint(text: string): { spec: EntitySpec; warnings: string[] } {
  let plan: unknown;
  try {
    plan = parse(text);
  } catch (error) {
    throw new ClockerError("invalid-yaml", `line 1, column 1: ${String(error)}`, { details: { line: 1, column: 1 } });
  }
  if (!isMap(plan)) throw new ClockerError("invalid-blueprint", "A blueprint is a map", { remedy: "Give it services" });
  const services = Array.isArray(plan["services"]) ? plan["services"] : [plan];
  const children = services.filter(isMap).map((service) => specOf(service));
  const location = plan["location"];
  const spec = entitySpec(basicApplication.name, {
    ...(typeof plan["name"] === "string" ? { displayName: plan["name"] } : {}),
    ...(typeof location === "string" ? { locations: [{ spec: location }] } : {}),
    config: { "brooklyn.wrapper_app": true },
    children,
  });
  return { spec, warnings: plan["warn"] === true ? ["Ünknown key"] : [] };
}

function specOf(service: JsonObject): EntitySpec {
  const { type, name, id, "brooklyn.policies": policies, "brooklyn.children": children, ...config } = service;
  if (type !== "test-service" && type !== "basic-entity") throw new ClockerError("unknown-type", `There is no type "${String(type)}"`, { remedy: 'Did you mean "test-service"?' });
  return entitySpec(type === "test-service" ? "org.example.TestService" : basicEntity.name, {
    ...(typeof name === "string" ? { displayName: name } : {}),
    ...(typeof id === "string" ? { planId: id } : {}),
    config,
    policies: Array.isArray(policies) ? policies.filter(isMap).map(policySpec) : [],
    children: Array.isArray(children) ? children.filter(isMap).map((child) => specOf(child)) : [],
  });
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
