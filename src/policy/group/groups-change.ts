import { InitializerConfig } from "../../model/adjunct.ts";
import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { followEntities, together } from "../../model/follow-entities.ts";
import type { Json, JsonObject } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { mayAct, policy } from "../policy-type.ts";

const listOfMaps = types.list(types.map());

export const GROUP_KEY = configKey("group", types.entity, "The group whose members are followed; the policy's own entity when unset");
export const SENSORS_TO_TRACK = configKey("sensorsToTrack", types.list(types.sensorRef), "Sensors of members whose change has the effectors invoked again", { defaultValue: [] });
export const MEMBER_POLICIES = configKey("member.policies", listOfMaps, "Policies for each member: maps with type and brooklyn.config", { defaultValue: [] });
export const MEMBER_ENRICHERS = configKey("member.enrichers", listOfMaps, "Enrichers for each member: maps with type and brooklyn.config", { defaultValue: [] });
export const MEMBER_INITIALIZERS = configKey("member.initializers", listOfMaps, "Initializers for each member: maps with type and brooklyn.config", { defaultValue: [] });
export const MEMBER_INVOKE = configKey("member.invoke", types.list(types.string), "Effectors to invoke on each member that comes", { defaultValue: [] });
export const MEMBER_LOCATIONS = configKey("member.locations", types.list(types.json), "Locations to add to each member: spec strings", { defaultValue: [] });
/** Stored: effectors are not invoked again after a restart of the server. */
export const INVOKED_MEMBERS = configKey("invokedMembers", types.list(types.string), "Members on which the effectors were invoked; set by the policy", { defaultValue: [] });

/** Expressions in what members get are resolved by the member, not by the group. */
const forMembers = [MEMBER_POLICIES, MEMBER_ENRICHERS, MEMBER_INITIALIZERS];

export const groupsChangePolicy = policy({
  name: "org.apache.brooklyn.entity.group.GroupsChangePolicy",
  displayName: "Groups Change",
  description: "Gives each member of a group policies, enrichers, initializers and locations, and invokes effectors on it",
  config: [GROUP_KEY, SENSORS_TO_TRACK, MEMBER_POLICIES, MEMBER_ENRICHERS, MEMBER_INITIALIZERS, MEMBER_INVOKE, MEMBER_LOCATIONS, INVOKED_MEMBERS],
  unresolved: forMembers,
  begin: (settings) => {
    const group = settings.entity(GROUP_KEY);
    const watched = new Map<Entity, () => void>();
    const stop = followEntities(group, "members", {
      added: (member) => {
        noting(settings, member, () => furnish(settings, member));
        const { events } = member.management;
        watched.set(member, together(settings.get(SENSORS_TO_TRACK).map((name) => events.subscribeSensor(member.id, name, () => invokeAll(settings, member)))));
        if (!settings.get(INVOKED_MEMBERS).includes(member.id)) invokeAll(settings, member);
        remember(settings, group);
      },
      removed: (member) => {
        watched.get(member)?.();
        watched.delete(member);
        remember(settings, group);
      },
    });
    return () => {
      stop();
      for (const end of watched.values()) end();
    };
  },
});

/** What a member gets is made again by this policy after a restart of the server, and not stored with the member. */
function furnish(settings: Settings, member: Entity): void {
  const { adjunct } = settings;
  for (const location of settings.get(MEMBER_LOCATIONS)) {
    if (typeof location !== "string") throw new ClockerError("invalid-value", `Cannot use ${JSON.stringify(location)} as a location of members: expected a location's spec`);
    member.addLocation(member.management.locations.resolve({ spec: location }));
  }
  for (const item of settings.get(MEMBER_INITIALIZERS)) {
    const name = typeIn(item);
    const type = member.management.types.initializerType(name);
    if (type === undefined) throw new ClockerError("unknown-type", `There is no initializer "${name}"`);
    type.apply(member, new InitializerConfig(configIn(item)));
  }
  for (const [index, item] of [...settings.get(MEMBER_ENRICHERS), ...settings.get(MEMBER_POLICIES)].entries()) {
    member.addAdjunct({ type: typeIn(item), config: configIn(item), uniqueTag: `${adjunct.id}/${index}` }, { isTransient: true });
  }
}

function invokeAll(settings: Settings, member: Entity): void {
  const names = settings.get(MEMBER_INVOKE);
  if (names.length === 0) return;
  const { adjunct } = settings;
  if (!mayAct(member)) return adjunct.highlight("lastSkipped", `Nothing was invoked on "${member.displayName}", for it is to stop`);
  const { task, result } = adjunct.submit(`Invoke ${names.join(", ")} on ${member.displayName}`, async (work) => {
    for (const name of names) await member.invoke(name, {}, work);
  });
  adjunct.highlight("lastAction", `${names.join(", ")} on "${member.displayName}"`, task.id);
  result.catch((error: unknown) => adjunct.highlight("lastError", messageOf(error), task.id));
}

function remember(settings: Settings, group: Entity): void {
  if (settings.get(MEMBER_INVOKE).length > 0 && settings.owner.isManaged) settings.adjunct.remember(INVOKED_MEMBERS, [...group.members.keys()]);
}

function noting(settings: Settings, member: Entity, body: () => void): void {
  try {
    body();
  } catch (error) {
    settings.adjunct.highlight("lastError", `"${member.displayName}" did not get all that it should: ${messageOf(error)}`);
  }
}

function typeIn(item: Readonly<Record<string, unknown>>): string {
  const name = item["type"] ?? item["policyType"] ?? item["enricherType"];
  if (typeof name !== "string") throw new ClockerError("invalid-value", `What members get needs a type: ${JSON.stringify(item)}`);
  return name;
}

function configIn(item: Readonly<Record<string, unknown>>): JsonObject {
  const config = item["brooklyn.config"];
  // Config is JSON.
  return typeof config === "object" && config !== null && !Array.isArray(config) ? { ...(config as Record<string, Json>) } : {};
}
