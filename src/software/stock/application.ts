import { configKey } from "../../model/config-key.ts";
import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { types } from "../../model/types/index.ts";
import { behindLatch } from "../process/latch.ts";
import { LATCHES } from "../process/phase-keys.ts";
import { baseSensors } from "./attributes.ts";
import { deriveHealthFromChildren, RUNNING_QUORUM, UP_QUORUM } from "./children-health.ts";
import { forgetFailures, setExpected, setFailed, START_OF_CHILDREN } from "./service-state.ts";
import { APPLICATION, LOCATIONS_PARAMETER, settle, startChildren, STARTABLE, stopChildren, stopStrays } from "./startable.ts";

export const DESTROY_ON_STOP = configKey("application.stop.shouldDestroy", types.boolean, "Whether stopping the application also removes it", { defaultValue: true, inherited: false });
export const WRAPPER_APP = configKey("brooklyn.wrapper_app", types.boolean, "Whether the application was only made to hold a blueprint's services", { defaultValue: false, inherited: false });

export const entityBase = defineEntityType({
  name: "org.apache.brooklyn.core.entity.AbstractEntity",
  description: "What every entity has",
  isAbstract: true,
  sensors: baseSensors,
  traits: ["org.apache.brooklyn.api.entity.Entity"],
});

/** Starts, stops and restarts its children, and is as healthy as they are. */
export const startableBase = defineEntityType({
  name: "org.apache.brooklyn.core.entity.AbstractStartable",
  description: "Starts, stops and restarts its children",
  isAbstract: true,
  extends: [entityBase],
  traits: [STARTABLE],
  config: [UP_QUORUM, RUNNING_QUORUM, LATCHES.start],
  effectors: [
    effector("start", "Start the process or service represented by this entity", start, { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Stop the process or service represented by this entity", stop),
    effector("restart", "Restart the process or service represented by this entity", restart),
  ],
  hooks: { manage: (entity) => deriveHealthFromChildren(entity) },
});

export const basicApplication = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.BasicApplication",
  displayName: "Application",
  description: "An application: starts and stops its children together",
  aliases: ["brooklyn.entity.basic.BasicApplication", "basic-application"],
  extends: [startableBase],
  traits: [APPLICATION, "org.apache.brooklyn.core.entity.StartableApplication"],
  config: [DESTROY_ON_STOP, WRAPPER_APP],
});

export const basicStartable = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.BasicStartable",
  displayName: "Startable",
  description: "Starts and stops its children together",
  extends: [startableBase],
});

export const basicEntity = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.BasicEntity",
  displayName: "Entity",
  description: "An entity with no behaviour of its own",
  aliases: ["basic-entity"],
  extends: [entityBase],
});

/** A stopped application goes, unless `application.stop.shouldDestroy` is false (as in Brooklyn). */
export function leaveManagement(application: Entity): void {
  if (isToLeave(application)) application.management.unmanage(application);
}

function isToLeave(application: Entity): boolean {
  return application.parent === undefined && application.isManaged && application.config.peek(DESTROY_ON_STOP);
}

/**
 * Runs `body` as the entity's start: expected states around it, and on failure the entity on fire with the reason.
 * The body may say as which cause of a problem a failure from now on counts; `start` unless it does.
 */
export async function starting(entity: Entity, body: (failAs: (cause: string) => void) => Promise<void>): Promise<void> {
  setExpected(entity, "STARTING");
  forgetFailures(entity);
  let cause = "start";
  try {
    await body((other) => (cause = other));
    setExpected(entity, "RUNNING");
  } catch (error) {
    setFailed(entity, cause, error);
    throw error;
  }
}

/** Runs `body` as the entity's stop: expected states around it, and on failure the entity on fire with the reason. */
export async function stopping(entity: Entity, body: () => Promise<void>): Promise<void> {
  setExpected(entity, "STOPPING");
  try {
    await body();
    forgetFailures(entity);
    setExpected(entity, "STOPPED");
  } catch (error) {
    setFailed(entity, "stop", error);
    throw error;
  }
}

async function start({ entity, parameters, work }: EffectorCall): Promise<void> {
  await starting(entity, async (failAs) => {
    await behindLatch(entity, LATCHES.start, work, async () => {
      settle(entity, parameters["locations"]);
      // A child that fails is the child's problem: the parent has one only until all its children are up.
      failAs(START_OF_CHILDREN);
      await startChildren(entity, work);
    });
  });
}

async function stop({ entity, work }: EffectorCall): Promise<void> {
  await stopping(entity, async () => {
    await stopChildren(entity, work);
    if (entity.is(APPLICATION) && isToLeave(entity)) await stopStrays(entity, work);
  });
  if (entity.is(APPLICATION)) leaveManagement(entity);
}

async function restart({ entity, work }: EffectorCall): Promise<void> {
  await stopping(entity, async () => {
    await stopChildren(entity, work);
  });
  await start({ entity, parameters: {}, work });
}
