import { effector, type EffectorCall } from "../../model/effector.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { types } from "../../model/types/index.ts";
import { inParallel } from "../../model/work.ts";
import { stopForGood } from "../stock/startable.ts";
import { basicGroup } from "./group.ts";

/** Brooklyn's `QuarantineGroup`: members of a cluster that failed to start, kept for looking into. */
export const quarantineGroup = defineEntityType({
  name: "org.apache.brooklyn.entity.group.QuarantineGroup",
  displayName: "Quarantine",
  description: "Members of a cluster that failed to start",
  aliases: ["brooklyn.entity.group.QuarantineGroup"],
  extends: [basicGroup],
  effectors: [
    effector("expungeMembers", "Removes all members, stopping them first if asked", expungeMembers, {
      parameters: [{ name: "firstStop", type: types.boolean, description: "Whether members are stopped first, as well as can be", defaultValue: true }],
    }),
  ],
});

/** A member that cannot be stopped stays in sight, unless it was not to be stopped. */
async function expungeMembers({ entity: group, parameters, work }: EffectorCall): Promise<void> {
  const stopFirst = parameters["firstStop"] !== false;
  await inParallel([...group.members.values()], async (member) => {
    if (stopFirst) await stopForGood(member, work);
    group.management.unmanage(member);
  });
  await group.management.documents.flush();
}
