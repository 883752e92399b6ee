import { effector, type EffectorCall } from "../../model/effector.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { basicApplication, starting } from "./application.ts";
import { setExpected, START_OF_CHILDREN } from "./service-state.ts";
import { LOCATIONS_PARAMETER, settle, startChildren } from "./startable.ts";

/** Brooklyn's `AsyncApplication`: its start only sets the start of its children going, and returns; it is starting until they have started. */
export const asyncApplication = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.AsyncApplication",
  displayName: "Async Application",
  description: "An application whose start does not wait for its children",
  extends: [basicApplication],
  effectors: [effector("start", "Set the start of the children going; the state tells when they have started", startInBackground, { parameters: [LOCATIONS_PARAMETER] })],
});

async function startInBackground({ entity, parameters }: EffectorCall): Promise<void> {
  settle(entity, parameters["locations"]);
  setExpected(entity, "STARTING");
  entity.management.submit(entity, "start (children, in the background)", (work) =>
    starting(entity, async (failAs) => {
      failAs(START_OF_CHILDREN);
      await startChildren(entity, work);
    }),
  );
}
