import { configKey } from "../../model/config-key.ts";
import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { showDuration, types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { entityBase, starting, stopping } from "../stock/application.ts";
import { SERVICE_UP } from "../stock/attributes.ts";
import { LOCATIONS_PARAMETER, STARTABLE } from "../stock/startable.ts";
import { recompute, setNotUp } from "../stock/service-state.ts";

/** Keys of tests (Brooklyn's `TargetableTestComponent` and `BaseTest`). Where a test has none of its own, it tests what the test case above it does. */
export const TARGET = configKey("target", types.entity, "The entity that is tested");
export const TARGET_ID = configKey("targetId", types.string, "The plan's id of the entity that is tested");
export const TIMEOUT = configKey("timeout", types.duration, "How long it is tried until the assertions hold", { defaultValue: 30_000 });
export const TARGET_TIMEOUT = configKey("targetResolutionTimeout", types.duration, "How long the target is waited for", { defaultValue: 60_000 });
export const ASSERTIONS = configKey("assert", types.json, "What must hold: a map such as {equals: ...}, or a list of those", { aliases: ["assertions"], inherited: false });

export const NAMESPACE = "org.apache.brooklyn.test.framework";
export const TEST = `${NAMESPACE}.BaseTest`;

/** Something that is run by starting it: it is up when it has passed, and on fire when it has not. */
export const testBase = defineEntityType({
  name: `${NAMESPACE}.TargetableTestComponent`,
  displayName: "Test",
  description: "A test of another entity; a base for others",
  extends: [entityBase],
  traits: [STARTABLE, TEST],
  config: [TARGET, TARGET_ID, TIMEOUT, TARGET_TIMEOUT],
  effectors: [
    effector("start", "Run the test", async () => {}, { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Forget the outcome", async ({ entity }) => stopping(entity, async () => setNotUp(entity, CAUSE, "The test has not been run"))),
    effector("restart", "Run the test again", async ({ entity, work }) => void (await entity.invoke("start", {}, work))),
  ],
  hooks: { init: (entity) => setNotUp(entity, CAUSE, "The test has not been run") },
});

const CAUSE = "test";

/** The effector that runs a test. */
export function runs(body: (call: EffectorCall) => Promise<void>) {
  return effector(
    "start",
    "Run the test",
    async (call) => {
      const { entity } = call;
      await starting(entity, async () => {
        setNotUp(entity, CAUSE, "The test has not passed");
        await body(call);
        setNotUp(entity, CAUSE, undefined);
        recompute(entity);
      });
      call.work.log(`${entity.displayName}: ${entity.get(SERVICE_UP) === true ? "passed" : "not up"}`);
    },
    { parameters: [LOCATIONS_PARAMETER] },
  );
}

/** @throws ClockerError `not-found` */
export async function targetOf(entity: Entity, work: Work): Promise<Entity> {
  const id = isNearer(entity, TARGET, TARGET_ID) ? undefined : await entity.config.get(TARGET_ID, work);
  const reference = id === undefined ? await entity.config.get(TARGET, work) : await entity.management.resolve(`$brooklyn:component(${JSON.stringify(id)})`, entity, work);
  const found = typeof reference === "object" && reference !== null && "id" in reference ? entity.management.entity(String(reference.id)) : undefined;
  if (found !== undefined) return found;
  throw new ClockerError("not-found", `Test "${entity.displayName}" has no target`, { remedy: `Give it "${TARGET.name}" with an entity, or "${TARGET_ID.name}" with a plan's id` });
}

/** Whether one key is given nearer to the entity than another: what is inherited from a test case gives way to a test's own. */
function isNearer(entity: Entity, one: typeof TARGET, other: typeof TARGET_ID): boolean {
  const [a, b] = [entity.config.find(one)?.owner, entity.config.find(other)?.owner];
  for (let each: Entity | undefined = entity; each !== undefined; each = each.parent) {
    if (each === b) return false;
    if (each === a) return true;
  }
  return false;
}

const PAUSE = 500;

/** Tries until `attempt` gives undefined, which is that all is well, or the time-out has passed. @throws ClockerError `timeout` with what was not so last */
export async function untilWell(entity: Entity, work: Work, attempt: (work: Work) => Promise<string | undefined>): Promise<void> {
  const { clock } = entity.management;
  const timeout = await entity.config.get(TIMEOUT, work);
  const deadline = clock.now() + timeout;
  for (;;) {
    const wrong = await attempted(attempt, work);
    if (wrong === undefined) return;
    if (clock.now() >= deadline) throw new ClockerError("timeout", `Test "${entity.displayName}" failed: ${wrong}${timeout === 0 ? "" : ` (tried for ${showDuration(timeout)})`}`);
    work.waitFor(wrong);
    await clock.sleep(Math.min(PAUSE, Math.max(1, deadline - clock.now())), work.signal);
  }
}

/** What cannot be read yet may be later; a mistake in the test itself stays one. */
async function attempted(attempt: (work: Work) => Promise<string | undefined>, work: Work): Promise<string | undefined> {
  try {
    return await attempt(work);
  } catch (error) {
    work.signal.throwIfAborted();
    if (error instanceof ClockerError && error.code === "invalid-value") throw error;
    return messageOf(error);
  }
}
