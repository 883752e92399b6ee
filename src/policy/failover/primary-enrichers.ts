import type { Settings } from "../../model/adjunct-settings.ts";
import { SERVICE_STATE, SERVICE_UP } from "../../model/attributes.ts";
import type { Entity } from "../../model/entity.ts";
import { together } from "../../model/follow-entities.ts";
import { setNotUp, setProblem } from "../../model/service-state.ts";
import { policy } from "../policy-type.ts";
import { PRIMARY_SENSOR, PROPAGATED_SENSORS } from "./elect-primary.ts";
import { PrimarySensors } from "./primary-sensors.ts";

const CAUSE = "primary.enricher";

/** Brooklyn's `PrimaryRunningEnricher`: an entity is up as its primary is, and has a problem while there is none that runs. */
export const primaryRunningEnricher = policy({
  name: "failover.PrimaryRunningEnricher",
  kind: "enricher",
  displayName: "Primary Running",
  description: "Computes whether a service is up, and has a problem, from its primary",
  config: [PRIMARY_SENSOR],
  begin: (settings) => {
    const { owner } = settings;
    const stop = followPrimary(settings, [SERVICE_UP.name, SERVICE_STATE.name], (primary) => {
      const isRunning = primary?.get(SERVICE_STATE) === "RUNNING";
      setNotUp(owner, CAUSE, primary === undefined ? "There is no primary" : primary.get(SERVICE_UP) === true ? undefined : `The primary "${primary.displayName}" is not up`);
      setProblem(owner, CAUSE, primary === undefined ? "There is no primary" : isRunning ? undefined : `The primary "${primary.displayName}" is not running`);
    });
    return () => {
      stop();
      if (!owner.isManaged) return;
      setNotUp(owner, CAUSE, undefined);
      setProblem(owner, CAUSE, undefined);
    };
  },
});

/** Brooklyn's `PropagatePrimaryEnricher`: an entity has the sensors of its primary. */
export const propagatePrimaryEnricher = policy({
  name: "failover.PropagatePrimaryEnricher",
  kind: "enricher",
  displayName: "Propagate Primary",
  description: "Copies sensors of the primary, whichever that is",
  config: [PRIMARY_SENSOR, PROPAGATED_SENSORS],
  begin: (settings) => {
    const sensors = new PrimarySensors(settings.owner, settings.get(PROPAGATED_SENSORS), () => primaryOf(settings));
    const stop = settings.owner.management.events.subscribeSensor(settings.owner.id, settings.get(PRIMARY_SENSOR), () => sensors.follow());
    return () => {
      stop();
      sensors.stop();
    };
  },
});

/** Tells of the primary that there is now, and again when another is primary or one of its sensors changes. */
function followPrimary(settings: Settings, names: readonly string[], look: (primary: Entity | undefined) => void): () => void {
  const { owner } = settings;
  const { events } = owner.management;
  let stopPrimary: () => void = () => {};
  const follow = (): void => {
    stopPrimary();
    const primary = primaryOf(settings);
    stopPrimary = primary === undefined ? () => {} : together(names.map((name) => events.subscribeSensor(primary.id, name, () => look(primary))));
    look(primary);
  };
  const stop = events.subscribeSensor(owner.id, settings.get(PRIMARY_SENSOR), follow);
  follow();
  return () => {
    stop();
    stopPrimary();
  };
}

function primaryOf(settings: Settings): Entity | undefined {
  const { owner } = settings;
  const value = owner.sensorValue(settings.get(PRIMARY_SENSOR))?.value;
  const id: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "id") : undefined;
  return typeof id === "string" ? owner.management.entity(id) : undefined;
}
