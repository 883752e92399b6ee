import type { AdjunctType } from "../../model/adjunct.ts";
import { type Settings, withSettings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { messageOf } from "../../model/errors.ts";
import { followEntities, together } from "../../model/follow-entities.ts";
import { types } from "../../model/types/index.ts";
import { GROUP_KEY, SENSORS_TO_TRACK } from "../../policy/group/groups-change.ts";
import { runOnMachine } from "../feed/machine-command.ts";
import { asVariables } from "../process/environment.ts";

export const UPDATE_COMMAND = configKey("update.command", types.string, "The command to run when the membership changes; it has EVENT_TYPE, MEMBER_ID and MEMBER_NAME", { aliases: ["command"] });
export const EXECUTION_TARGET = configKey("execution.target", types.enumOf("org.apache.brooklyn.policy.ssh.SshCommandMembershipTrackingPolicy$ExecutionTarget", ["ENTITY", "MEMBER"]), "On whose machine it runs: the policy's entity's, or the member's", { defaultValue: "ENTITY" });
export const UPDATE_ENV = configKey("shell.env", types.map(), "Environment variables of the command", { flag: "env", defaultValue: {} });
export const UPDATE_DIR = configKey("executionDir", types.string, "Folder to run in; the run folder when unset");

type Change = "ENTITY_ADDED" | "ENTITY_REMOVED" | "ENTITY_CHANGE";

/** Brooklyn's `SshCommandMembershipTrackingPolicy`: a command whenever a group's members come, go or change. */
export const membershipCommandPolicy: AdjunctType = {
  name: "org.apache.brooklyn.policy.SshCommandMembershipTrackingPolicy",
  kind: "policy",
  displayName: "Membership Command",
  description: "Runs a command when members of a group come, go or change",
  aliases: [],
  config: [GROUP_KEY, SENSORS_TO_TRACK, UPDATE_COMMAND, EXECUTION_TARGET, UPDATE_ENV, UPDATE_DIR],
  attach: (adjunct) => withSettings(adjunct, begin),
};

function begin(settings: Settings): () => void {
  settings.require(UPDATE_COMMAND);
  const group = settings.entity(GROUP_KEY);
  const watched = new Map<Entity, () => void>();
  // One at a time, in the order of the changes: the last leaves what is true.
  let last: Promise<unknown> = Promise.resolve();
  const changed = (member: Entity, change: Change): void => {
    last = last.then(() => update(settings, member, change));
  };
  const stop = followEntities(group, "members", {
    added: (member, isNew) => {
      const { events } = member.management;
      watched.set(member, together(settings.get(SENSORS_TO_TRACK).map((name) => events.subscribeSensor(member.id, name, () => changed(member, "ENTITY_CHANGE")))));
      if (isNew) changed(member, "ENTITY_ADDED");
    },
    removed: (member) => {
      watched.get(member)?.();
      watched.delete(member);
      changed(member, "ENTITY_REMOVED");
    },
  });
  return () => {
    stop();
    for (const end of watched.values()) end();
  };
}

/** Never throws: what fails is noted on the policy, and its task. */
async function update(settings: Settings, member: Entity, change: Change): Promise<void> {
  const { adjunct, owner } = settings;
  const target = settings.get(EXECUTION_TARGET) === "MEMBER" ? member : owner;
  // A member that has gone has no machine to run anything on.
  if (!adjunct.isRunning || !target.isManaged || (target === member && change === "ENTITY_REMOVED")) return;
  const { task, result } = adjunct.submit(`${adjunct.displayName}: ${change.toLowerCase().replace("_", " ")}`, async (work) => {
    const env = { ...asVariables(settings.get(UPDATE_ENV), `"${UPDATE_ENV.name}" of "${adjunct.displayName}"`), EVENT_TYPE: change, MEMBER_ID: member.id, MEMBER_NAME: member.displayName };
    await runOnMachine(target, { phase: "run the membership command on", text: settings.require(UPDATE_COMMAND), env, cwd: settings.get(UPDATE_DIR) }, work);
  });
  await result.then(
    () => adjunct.highlight("lastAction", `${change}: "${member.displayName}"`, task.id),
    (error: unknown) => adjunct.highlight("lastError", messageOf(error), task.id),
  );
}
