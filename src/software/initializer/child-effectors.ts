import type { InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import type { Effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { addEffector, effectorKeys, effectorName } from "./effector-keys.ts";
import { resolved } from "./sensor-keys.ts";

const EFFECTORS = configKey("effectors", types.list(types.json), "Names of the entity's effectors, invoked one after the other with the same arguments", { constraints: ["required"] });
const OVERRIDE = configKey("override", types.boolean, "Whether the effector of this name that the entity has is invoked first; it stays as original-NAME", { defaultValue: false });

/** Brooklyn's `CompositeEffector`: effectors of the entity, one after the other. */
export const compositeEffector: InitializerType = {
  name: "org.apache.brooklyn.core.effector.CompositeEffector",
  displayName: "Composite effector",
  description: "Adds an effector that invokes others of the entity, one after the other, and returns what they return",
  aliases: ["composite-effector"],
  config: [...effectorKeys, EFFECTORS, OVERRIDE],
  apply: (entity, config) => {
    const name = effectorName(entity, config, "CompositeEffector");
    const names = (config.get(EFFECTORS) ?? []).map((each) => nameIn(each));
    if (names.length === 0 || names.includes(undefined)) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": effector "${name}" needs effectors`, { remedy: 'Give "effectors" in its brooklyn.config: a list of names' });
    const original = config.get(OVERRIDE) ? keepOriginal(entity, name) : undefined;
    const called = [...(original === undefined ? [] : [original]), ...names.filter((each) => each !== undefined)];
    addEffector(entity, config, "CompositeEffector", async ({ parameters, work }) => {
      const results: unknown[] = [];
      for (const each of called) results.push((await entity.invoke(each, parameters, work)) ?? null);
      return results;
    }, "java.util.List");
  },
};

function nameIn(value: unknown): string | undefined {
  const name = isRecord(value) ? value["effector"] ?? value["name"] : value;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** The entity's effector of a name, under another; applied twice it stays the same one. */
function keepOriginal(entity: Entity, name: string): string {
  const kept = `original-${name}`;
  const original: Effector | undefined = entity.dynamicEffectors.get(kept) ?? entity.effector(name);
  if (original === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": it has no effector "${name}" to override`, { remedy: 'Leave out "override"' });
  entity.dynamicEffectors.set(kept, { ...original, name: kept });
  return kept;
}

const TARGET_ENTITY = configKey("targetEntity", types.entity, "The entity whose effector is invoked", { constraints: ["required"] });
const TARGET_EFFECTOR = configKey("targetEffector", types.string, "The effector to invoke there", { constraints: ["required"] });

/** Brooklyn's `ProxyEffector`: stands for an effector of another entity. */
export const proxyEffector: InitializerType = {
  name: "org.apache.brooklyn.core.effector.ProxyEffector",
  displayName: "Proxy effector",
  description: "Adds an effector that invokes one of another entity, with the same arguments",
  aliases: ["proxy-effector"],
  config: [...effectorKeys, TARGET_ENTITY, TARGET_EFFECTOR],
  apply: (entity, config) => {
    const name = effectorName(entity, config, "ProxyEffector");
    for (const key of [TARGET_ENTITY, TARGET_EFFECTOR]) {
      if (config.raw[key.name] === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": effector "${name}" needs ${key.name}`, { remedy: `Give "${key.name}" in its brooklyn.config` });
    }
    addEffector(entity, config, "ProxyEffector", async ({ parameters, work }) => {
      const reference = await resolved(entity, config, TARGET_ENTITY, work);
      const target = entity.management.entity(reference?.id ?? "");
      if (target === undefined) throw new ClockerError("not-found", `Cannot invoke "${name}" on "${entity.displayName}": its targetEntity is not there`);
      return (await target.invoke((await resolved(entity, config, TARGET_EFFECTOR, work)) ?? "", parameters, work)) ?? null;
    }, "java.lang.Object");
  },
};

const BATCH_SIZE = configKey("batchSize", types.integer, "On how many children at a time; 0 for all at once", { defaultValue: 0 });
const TO_INVOKE = configKey("effectorToInvoke", types.string, "The children's effector", { defaultValue: "repave" });
const ARGUMENTS = configKey("effectorArgs", types.map(), "Arguments of the children's effector", { defaultValue: {} });
const FAIL_ON_MISSING = configKey("failOnMissingEffector", types.boolean, "Whether a child without that effector is a failure", { defaultValue: true });
const FAIL_ON_FAILURE = configKey("failOnEffectorFailure", types.boolean, "Whether a child's failure ends it", { defaultValue: true });

/** Brooklyn's `ChildrenBatchEffector`: an effector of all children, some at a time. */
export const childrenBatchEffector: InitializerType = {
  name: "org.apache.brooklyn.core.effector.ChildrenBatchEffector",
  displayName: "Children batch effector",
  description: "Adds an effector that invokes one of each child, in batches",
  aliases: ["children-batch-effector"],
  config: [...effectorKeys, BATCH_SIZE, TO_INVOKE, ARGUMENTS, FAIL_ON_MISSING, FAIL_ON_FAILURE],
  apply: (entity, config) =>
    addEffector(entity, config, "ChildrenBatchEffector", async ({ parameters, work }) => {
      const name = (await resolved(entity, config, TO_INVOKE, work)) ?? TO_INVOKE.defaultValue;
      const args = { ...(await resolved(entity, config, ARGUMENTS, work)), ...parameters };
      const having = entity.children.filter((child) => child.effector(name) !== undefined);
      const lacking = entity.children.find((child) => !having.includes(child));
      if (lacking !== undefined && config.get(FAIL_ON_MISSING)) throw new ClockerError("not-found", `Entity "${lacking.displayName}" has no effector "${name}": nothing was invoked`, { remedy: 'Set "failOnMissingEffector" to false to leave such children out' });
      const results: unknown[] = [];
      for (const batch of batchesOf(having, config.get(BATCH_SIZE))) results.push(...(await inParallel(batch, (child) => invoked(child, name, args, config.get(FAIL_ON_FAILURE), work))));
      return results;
    }, "java.util.List"),
};

async function invoked(child: Entity, name: string, args: Readonly<Record<string, unknown>>, mustSucceed: boolean, work: Work): Promise<unknown> {
  try {
    return (await child.invoke(name, args, work)) ?? null;
  } catch (error) {
    work.signal.throwIfAborted();
    if (mustSucceed) throw error;
    work.write("stderr", `${child.displayName}: ${messageOf(error)}\n`);
    return null;
  }
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  if (size <= 0) return items.length === 0 ? [] : [[...items]];
  return Array.from({ length: Math.ceil(items.length / size) }, (_, batch) => items.slice(batch * size, (batch + 1) * size));
}
