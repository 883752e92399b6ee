import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { isEntitySpec, types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { entityReference } from "../group/group.ts";
import { STARTABLE } from "../stock/startable.ts";
import { NAMESPACE, runs, TARGET, targetOf, testBase } from "./test-base.ts";

const CONTINUE = configKey("continueOnFailure", types.boolean, "Whether the tests after one that failed are run too", { defaultValue: false, inherited: false });
const ON_ERROR = configKey("on.error.spec", types.entitySpec, "What is made and started when a test has failed", { inherited: false });
const ON_FINALLY = configKey("on.finally.spec", types.entitySpec, "What is made and started at the end, whatever the outcome", { inherited: false });

/** Brooklyn's `TestCase`: its children, one after the other. */
export const testCase = defineEntityType({
  name: `${NAMESPACE}.TestCase`,
  displayName: "Test Case",
  description: "Runs the tests that are its children, one after the other",
  extends: [testBase],
  config: [CONTINUE, ON_ERROR, ON_FINALLY],
  effectors: [runs(({ entity, work }) => inOrder(entity, [...entity.children], work))],
});

/** Brooklyn's `ParallelTestCase`: its children, all at once. */
export const parallelTestCase = defineEntityType({
  name: `${NAMESPACE}.ParallelTestCase`,
  displayName: "Parallel Test Case",
  description: "Runs the tests that are its children, all at once",
  extends: [testBase],
  effectors: [
    runs(async ({ entity, work }) => {
      await inParallel(testsAmong(entity.children), (child) => child.invoke("start", {}, work));
    }),
  ],
});

const TEST_SPEC = configKey("test.spec", types.entitySpec, "The test that is made for each member, with the member as its target", { flag: "testSpec", inherited: false, constraints: ["required"] });

/** Brooklyn's `LoopOverGroupMembersTestCase`: a test of each member of the target. */
export const loopOverGroupMembersTestCase = defineEntityType({
  name: `${NAMESPACE}.LoopOverGroupMembersTestCase`,
  displayName: "Test of Members",
  description: "Runs a test for each member of a group",
  extends: [testBase],
  config: [TEST_SPEC, CONTINUE],
  effectors: [
    runs(async ({ entity, work }) => {
      const group = await targetOf(entity, work);
      const spec = await entity.config.get(TEST_SPEC, work);
      if (spec === undefined || !isEntitySpec(spec)) throw new ClockerError("invalid-value", `"${entity.displayName}" needs "${TEST_SPEC.name}"`);
      // Those of an earlier run were of the members that there were.
      for (const child of [...entity.children]) entity.management.unmanage(child);
      const tests = [...group.members.values()].map((member) =>
        entity.management.create({ ...spec, displayName: `${spec.displayName ?? "Test"} of ${member.displayName}`, config: { ...spec.config, [TARGET.name]: entityReference(member) } }, entity),
      );
      await inOrder(entity, tests, work);
    }),
  ],
});

const COMPONENT = configKey("component", types.entity, "The entity that the tests below are about, seen from the target", { inherited: false, constraints: ["required"] });

/** Brooklyn's `RelativeEntityTestCase`: its children test an entity that is found from the target. */
export const relativeEntityTestCase = defineEntityType({
  name: `${NAMESPACE}.RelativeEntityTestCase`,
  displayName: "Relative Test Case",
  description: "Runs the tests that are its children on an entity found from the target",
  extends: [testBase],
  config: [COMPONENT, CONTINUE],
  effectors: [
    runs(async ({ entity, work }) => {
      const target = await targetOf(entity, work);
      const found = entity.config.find(COMPONENT);
      const component: unknown = found === undefined ? undefined : await entity.management.resolve(found.raw, target, work);
      const id: unknown = typeof component === "object" && component !== null && "id" in component ? component.id : undefined;
      const relative = typeof id === "string" ? entity.management.entity(id) : undefined;
      if (relative === undefined) throw new ClockerError("not-found", `"${entity.displayName}" finds no entity from "${target.displayName}"`, { remedy: `Give "${COMPONENT.name}" an expression such as $brooklyn:child("id")` });
      const tests = [...entity.children];
      for (const each of tests) each.config.set(TARGET.name, entityReference(relative));
      await inOrder(entity, tests, work);
    }),
  ],
});

async function inOrder(entity: Entity, tests: readonly Entity[], work: Work): Promise<void> {
  const goesOn = entity.config.peek(CONTINUE);
  const failures: unknown[] = [];
  for (const each of testsAmong(tests)) {
    if (failures.length > 0 && !goesOn) break;
    try {
      await each.invoke("start", {}, work);
    } catch (error) {
      work.signal.throwIfAborted();
      failures.push(error);
    }
  }
  if (failures.length > 0) await also(entity, ON_ERROR, work);
  await also(entity, ON_FINALLY, work);
  if (failures.length > 0) throw new ClockerError("effector-failed", `${failures.length} of ${tests.length} tests of "${entity.displayName}" failed: ${failures.map(messageOf).join("; ")}`, { cause: failures[0] });
}

async function also(entity: Entity, key: typeof ON_ERROR, work: Work): Promise<void> {
  const spec = entity.type.config.has(key.name) ? await entity.config.get(key, work) : undefined;
  if (spec === undefined) return;
  const made = entity.management.create(spec, entity);
  if (made.is(STARTABLE)) await made.invoke("start", {}, work);
}

function testsAmong(entities: readonly Entity[]): Entity[] {
  return entities.filter((each) => each.is(STARTABLE));
}
