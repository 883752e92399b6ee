import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import { messageOf } from "../../model/errors.ts";
import { Mutex } from "../../model/mutex.ts";
import type { Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { mayAct, policy } from "../policy-type.ts";
import { EffectorCalls } from "./effector-call.ts";
import { SENSOR } from "./invoke-on-sensor-change.ts";

export const ON_ADDED = configKey("onAdded", types.string, "The effector to invoke for an item that came", { flag: "onAddedEffector", aliases: ["onAddedEffectorName"] });
export const ON_REMOVED = configKey("onRemoved", types.string, "The effector to invoke for an item that went", { flag: "onRemovedEffector", aliases: ["onRemovedEffectorName"] });
export const PARAMETER_NAME = configKey("parameterName", types.string, "The effector's parameter that gets the item", { defaultValue: "value" });
/** Stored: what changed while the server did not run is answered when it does. */
export const KNOWN_ITEMS = configKey("knownItems", types.list(types.json), "The items for which effectors were invoked; set by the policy", { defaultValue: [] });

/** Calls are made one after the other, in the order of the changes. */
export const invokeEffectorOnCollectionSensorChange = policy({
  name: "InvokeEffectorOnCollectionSensorChange",
  displayName: "Invoke Effector on Collection Sensor Change",
  description: "Invokes an effector for each item that comes to, and goes from, the list, set or map in a sensor",
  config: [SENSOR, ON_ADDED, ON_REMOVED, PARAMETER_NAME, KNOWN_ITEMS],
  begin: (settings) => {
    const { owner } = settings;
    const name = settings.require(SENSOR);
    const [added, removed] = [settings.get(ON_ADDED), settings.get(ON_REMOVED)];
    const checker = new EffectorCalls(settings, { whileBusy: "skip" });
    for (const effector of [added, removed]) if (effector !== undefined) checker.check(effector);
    const turn = new Mutex();
    const look = (): void => {
      const sensor = owner.sensor(name);
      const held = owner.sensorValue(name)?.value;
      const now = itemsOf(held === undefined ? undefined : (sensor?.type.toJson(held) ?? held));
      const known = settings.get(KNOWN_ITEMS);
      const came = without(now, known);
      const went = without(known, now);
      if (came.length + went.length === 0) return;
      settings.adjunct.remember(KNOWN_ITEMS, now);
      if (added !== undefined) for (const item of came) invoke(settings, added, item, turn);
      if (removed !== undefined) for (const item of went) invoke(settings, removed, item, turn);
    };
    look();
    return owner.management.events.subscribeSensor(owner.id, name, look);
  },
});

function invoke(settings: Settings, effector: string, item: unknown, turn: Mutex): void {
  const { adjunct, owner } = settings;
  if (!mayAct(owner, effector)) return adjunct.highlight("lastSkipped", `${effector} was not invoked for ${JSON.stringify(item)}, for the entity is to stop`);
  const { task, result } = adjunct.submit(`${adjunct.displayName}: ${effector}`, (work) => turn.run(() => owner.invoke(effector, { [settings.get(PARAMETER_NAME)]: item }, work), work.signal), { description: JSON.stringify(item) });
  adjunct.highlight("lastAction", `${effector} for ${JSON.stringify(item)}`, task.id);
  result.catch((error: unknown) => adjunct.highlight("lastError", `${effector} failed: ${messageOf(error)}`, task.id));
}

/** Of a map its entries, as Brooklyn's; of anything that is no collection nothing. */
function itemsOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value as Json[];
  return typeof value === "object" && value !== null ? Object.entries(value).map(([key, each]) => ({ key, value: each as Json })) : [];
}

function without(items: readonly unknown[], others: readonly unknown[]): unknown[] {
  const known = new Set(others.map((each) => JSON.stringify(each)));
  return items.filter((each) => !known.has(JSON.stringify(each)));
}
