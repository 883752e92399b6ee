import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { PortRange, types } from "../../model/types/index.ts";
import { startableBase, starting, stopping } from "../stock/application.ts";
import { machineSensors } from "../stock/attributes.ts";
import { LOCATIONS_PARAMETER, startChildren, stopChildren } from "../stock/startable.ts";
import { INBOUND_PORTS_AUTO_INFER, INBOUND_PORTS_REGEX, PROVISIONING_PROPERTIES, REQUIRED_OPEN_LOGIN_PORTS } from "./keys.ts";
import { asTheOnlyOne } from "./one-at-a-time.ts";
import { leaveMachine, publishHost, standOnMachine } from "./provision.ts";

/** Brooklyn's `SameServerEntity`: one machine for all its children. */
export const sameServerEntity = defineEntityType({
  name: "org.apache.brooklyn.entity.software.base.SameServerEntity",
  displayName: "Same Server",
  description: "One machine that all its children run on",
  aliases: ["brooklyn.entity.basic.SameServerEntity", "same-server"],
  extends: [startableBase],
  config: [PROVISIONING_PROPERTIES, REQUIRED_OPEN_LOGIN_PORTS, INBOUND_PORTS_AUTO_INFER, INBOUND_PORTS_REGEX],
  sensors: machineSensors,
  effectors: [
    effector("start", "Obtains a machine and starts all children on it", (call) => asTheOnlyOne(call.entity, "start", call.work, (only) => start({ ...call, work: only })), { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Stops all children and releases their machine", (call) => asTheOnlyOne(call.entity, "stop", call.work, (only) => stop({ ...call, work: only }))),
    effector("restart", "Stops all children and starts them again, on the same machine", ({ entity, work }) =>
      asTheOnlyOne(entity, "restart", work, async (only) => {
        await stopping(entity, async () => void (await stopChildren(entity, only)));
        await start({ entity, parameters: {}, work: only });
      }),
    ),
  ],
});

async function start({ entity, parameters, work }: EffectorCall): Promise<void> {
  await starting(entity, async () => {
    publishHost(entity, await standOnMachine(entity, parameters["locations"], childrensPorts(entity), work));
    await startChildren(entity, work);
  });
}

/** Children leave the machine, which is not theirs to give back, before it goes. */
async function stop({ entity, work }: EffectorCall): Promise<void> {
  await stopping(entity, async () => {
    await stopChildren(entity, work);
    await leaveMachine(entity, work);
  });
}

/**
 * The ports that the children will listen on, so that the machine lets others reach them: the first choice of each, as far as it is known before
 * they start; of two that want the same, the second's next choice.
 */
function childrensPorts(entity: Entity): number[] {
  if (!entity.config.peek(INBOUND_PORTS_AUTO_INFER)) return [];
  const isInbound = new RegExp(`^(?:${checked(entity)})$`);
  const ports = new Set<number>();
  for (const child of [...entity.descendants()].slice(1)) {
    for (const key of child.config.keys()) {
      const range = key.type.name === types.portRange.name && isInbound.test(key.name) ? child.config.peek(key) : undefined;
      if (!(range instanceof PortRange)) continue;
      for (const port of range.candidates()) {
        if (ports.has(port)) continue;
        ports.add(port);
        break;
      }
    }
  }
  return [...ports];
}

function checked(entity: Entity): string {
  const pattern = entity.config.peek(INBOUND_PORTS_REGEX);
  try {
    void new RegExp(pattern);
    return pattern;
  } catch (error) {
    throw new ClockerError("invalid-value", `Cannot read config "${INBOUND_PORTS_REGEX.name}" of "${entity.displayName}": ${JSON.stringify(pattern)} is not a regular expression`, { cause: error });
  }
}
