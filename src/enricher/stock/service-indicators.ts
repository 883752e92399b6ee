import type { Settings } from "../../model/adjunct-settings.ts";
import { SERVICE_NOT_UP_INDICATORS, SERVICE_PROBLEMS, SERVICE_STATE, SERVICE_STATE_EXPECTED, SERVICE_UP } from "../../model/attributes.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { together } from "../../model/follow-entities.ts";
import { isQuorate, quorumType } from "../../model/quorum.ts";
import { recompute, setNotUp, setProblem } from "../../model/service-state.ts";
import { types } from "../../model/types/index.ts";
import { enricher } from "../enricher-type.ts";
import { Producers, producerKeys } from "../producers.ts";

const LOGIC = "org.apache.brooklyn.core.entity.lifecycle.ServiceStateLogic";
const OLD_LOGIC = "brooklyn.entity.basic.ServiceStateLogic";
const PREFIX = "enricher.service_state.children_and_members";

export const UP_QUORUM = configKey(`${PREFIX}.quorum.up`, quorumType, "How many must be up for the service to be", { flag: "upQuorumCheck", aliases: ["quorum.up"], defaultValue: quorumType.coerce("atLeastOneUnlessEmpty") });
export const RUNNING_QUORUM = configKey(`${PREFIX}.quorum.running`, quorumType, "How many must not be on fire for the service not to have a problem", { flag: "runningQuorumCheck", aliases: ["quorum.running"], defaultValue: quorumType.coerce("all") });
export const DERIVE_NOT_UP = configKey(`${PREFIX}.service_up.publish`, types.boolean, "Whether it is computed if the service is up", { defaultValue: true });
export const DERIVE_PROBLEMS = configKey(`${PREFIX}.service_problems.publish`, types.boolean, "Whether it is computed if the service has a problem", { defaultValue: true });
export const IGNORE_WITHOUT_UP = configKey(`${PREFIX}.ignore_entities.service_up_null`, types.boolean, "Whether those that do not tell if they are up are left out", { defaultValue: true });
export const IGNORE_STATES = configKey(`${PREFIX}.ignore_entities.service_state_values`, types.list(types.lifecycle), "Those in these states are left out", { defaultValue: ["STOPPING", "STOPPED", "DESTROYED"] });

const CAUSE = "service-lifecycle-indicators-from-children-and-members";

/** Health by quorum over children or members, with the quorum that a blueprint chooses. */
export const computeServiceIndicators = enricher({
  name: `${LOGIC}$ComputeServiceIndicatorsFromChildrenAndMembers`,
  displayName: "Service Indicators from Children and Members",
  description: "Computes whether a service is up, and has a problem, from its children or members by quorum",
  aliases: [`${OLD_LOGIC}$ComputeServiceIndicatorsFromChildrenAndMembers`],
  config: [...producerKeys, UP_QUORUM, RUNNING_QUORUM, DERIVE_NOT_UP, DERIVE_PROBLEMS, IGNORE_WITHOUT_UP, IGNORE_STATES],
  begin: (settings) => {
    const update = (): void => indicate(settings, producers.entities());
    const producers = new Producers(settings, [SERVICE_UP.name, SERVICE_STATE.name], update);
    update();
    return () => {
      producers.stop();
      if (!settings.owner.isManaged) return;
      setNotUp(settings.owner, CAUSE, undefined);
      setProblem(settings.owner, CAUSE, undefined);
    };
  },
});

/** Keeps `service.isUp` and `service.state` true to their causes, whoever sets these. */
export const computeServiceState = enricher({
  name: `${LOGIC}$ComputeServiceState`,
  displayName: "Service State",
  description: "Computes service.isUp and service.state from service.notUp.indicators, service.problems and service.state.expected",
  aliases: [`${OLD_LOGIC}$ComputeServiceState`],
  config: [],
  begin: ({ owner }) => {
    recompute(owner);
    const { events } = owner.management;
    return together([SERVICE_NOT_UP_INDICATORS, SERVICE_PROBLEMS, SERVICE_STATE_EXPECTED].map(({ name }) => events.subscribeSensor(owner.id, name, () => recompute(owner))));
  },
});

function indicate(settings: Settings, all: readonly Entity[]): void {
  const { owner } = settings;
  const [ignoresUnknown, ignored] = [settings.get(IGNORE_WITHOUT_UP), settings.get(IGNORE_STATES)];
  const counted = all.filter((entity) => !(ignoresUnknown && entity.get(SERVICE_UP) === undefined) && !ignored.includes(entity.get(SERVICE_STATE) ?? "RUNNING"));
  const down = counted.filter((entity) => entity.get(SERVICE_UP) !== true);
  const burning = counted.filter((entity) => entity.get(SERVICE_STATE) === "ON_FIRE");
  const isUp = isQuorate(settings.get(UP_QUORUM), counted.length - down.length, counted.length);
  const isRunning = isQuorate(settings.get(RUNNING_QUORUM), counted.length - burning.length, counted.length);
  if (settings.get(DERIVE_NOT_UP)) setNotUp(owner, CAUSE, isUp ? undefined : counted.length === 0 ? "No entities are there to be up" : `${down.length} of ${counted.length} are not up: ${names(down)}`);
  if (settings.get(DERIVE_PROBLEMS)) setProblem(owner, CAUSE, isRunning ? undefined : `${burning.length} of ${counted.length} are on fire: ${names(burning)}`);
}

function names(entities: readonly Entity[]): string {
  const shown = entities.slice(0, 5).map((entity) => `"${entity.displayName}"`);
  return shown.join(", ") + (entities.length > 5 ? `, and ${entities.length - 5} more` : "");
}
