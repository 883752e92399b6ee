import type { InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";
import { cpuBetween, type MachineCounters, readCounters } from "../feed/machine-counters.ts";
import { MACHINE_CPU, MACHINE_LOAD, MACHINE_MEMORY_FREE, MACHINE_MEMORY_TOTAL, MACHINE_MEMORY_USED, MACHINE_UPTIME, publishMachine } from "../feed/machine-sensors.ts";
import { pollWhileRunning } from "../feed/while-running.ts";
import { machineOf } from "../process/provision.ts";

const PERIOD = configKey("period", types.duration, "How often the machine is read", { defaultValue: 30_000 });

/** Brooklyn's `AddMachineMetrics`: the sensors `machine.*` of an entity, of the machine that it is on. */
export const addMachineMetrics: InitializerType = {
  name: "org.apache.brooklyn.entity.machine.AddMachineMetrics",
  displayName: "Machine metrics",
  description: "Adds sensors with the CPU use, load, memory and uptime of the entity's machine",
  aliases: ["add-machine-metrics"],
  config: [PERIOD],
  apply: (entity, config) => {
    for (const each of [MACHINE_UPTIME, MACHINE_LOAD, MACHINE_CPU, MACHINE_MEMORY_FREE, MACHINE_MEMORY_TOTAL, MACHINE_MEMORY_USED]) if (!entity.sensor(each.name)) entity.dynamicSensors.set(each.name, each);
    let before: { machine: unknown; counters: MachineCounters } | undefined;
    pollWhileRunning({
      entity,
      name: "sensors machine.*",
      period: config.get(PERIOD),
      needsMachine: true,
      onlyIfServiceUp: false,
      poll: async (work) => {
        const machine = machineOf(entity)?.machine;
        if (machine === undefined) return;
        const counters = await readCounters(machine, work.signal);
        // Counters of another machine are nothing to compare with.
        publishMachine(entity, counters, before?.machine === machine ? cpuBetween(before.counters, counters) : undefined);
        before = { machine, counters };
      },
      onSuccess: () => {},
      onFailure: () => {},
    });
  },
};
