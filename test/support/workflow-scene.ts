import { effector } from "../../src/model/effector.ts";
import { ClockerError, messageOf, remedyOf } from "../../src/model/errors.ts";
import { type AdjunctSpec, entitySpec, type JsonObject } from "../../src/model/spec.ts";
import { softwareProcess, vanillaSoftwareProcess } from "../../src/software/process/software-process.ts";
import { basicEntity } from "../../src/software/stock/application.ts";
import { submitWorkflow, workflowEntityTypes, workflowInitializers, workflowPolicy } from "../../src/software/workflow/index.ts";
import { FakeLocation, machineLocation } from "./fake-location.ts";
import { fakeManagement } from "./fake-management.ts";
import { ScriptedMachine } from "./scripted-machine.ts";

/** An entity `web` that workflows run on, on a plane with a fake clock, and a location whose machine answers by script. */
export function workflowScene(initializers: readonly AdjunctSpec[] = [], policies: readonly AdjunctSpec[] = []) {
  const machine = new ScriptedMachine();
  const location = new FakeLocation((parent) => machineLocation(machine, parent));
  const { plane, clock, logged } = fakeManagement({
    entityTypes: [softwareProcess, vanillaSoftwareProcess, basicEntity, ...workflowEntityTypes],
    initializerTypes: workflowInitializers,
    adjunctTypes: [workflowPolicy],
    locations: { fake: location },
    resources: { read: async () => Buffer.from('{"a": 1}'), file: () => Promise.reject(new Error("No file")) },
  });
  const entity = plane.create(entitySpec(basicEntity.name, { displayName: "web", config: { size: 3, "a.b": { c: "deep" } }, initializers: [...initializers], policies: [...policies] }));
  entity.dynamicEffectors.set("echo", effector("echo", "", async ({ parameters }) => parameters));
  let failures = 0;
  entity.dynamicEffectors.set("flaky", effector("flaky", "", async ({ parameters }) => {
    if (++failures <= Number(parameters["times"])) throw new ClockerError("command-failed", `Failure ${failures}`);
    return `worked after ${failures - 1}`;
  }));
  const run = async (steps: unknown, more: JsonObject = {}): Promise<unknown> => clock.until(submitWorkflow(entity, { steps, ...more }).result);
  return { plane, clock, entity, run, machine, logged };
}

/** How it failed, with what to do. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then((value) => `no failure: ${JSON.stringify(value)}`, (error: unknown) => [messageOf(error), remedyOf(error)].filter(Boolean).join(" | "));
}

