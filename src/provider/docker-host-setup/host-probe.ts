import type { Work } from "../../model/work.ts";
import type { Machine } from "../../machine/machine.ts";
import { runChecked } from "../run-checked.ts";
import { setupScript } from "./setup-script.ts";

export type InitSystem = "systemd" | "service" | "none";

/** How Docker Engine stands on a machine. */
export interface HostProbe {
  /** Whether Docker Engine is installed. */
  engine: boolean;
  /** What starts services there. */
  init: InitSystem;
  /** Whether it was Clocker that installed the engine. */
  brought: boolean;
  /** Whether an earlier set-up changed the engine's configuration and did not come to restart it. */
  restartDue: boolean;
  /** Bytes a packet may have on the way outside; 0 when unknown. */
  mtu: number;
  /** Whether commands run as root. */
  root: boolean;
}

export async function probeHost(machine: Machine, work: Work): Promise<HostProbe> {
  return parseProbe(await runChecked(machine, "look at the machine", await setupScript("probe.sh"), work, { timeout: 60_000 }));
}

export function parseProbe(output: string): HostProbe {
  const values = new Map(output.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  const init = values.get("init");
  return {
    engine: values.get("engine") === "yes",
    init: init === "systemd" || init === "service" ? init : "none",
    brought: values.get("brought") === "yes",
    restartDue: values.get("restartDue") === "yes",
    mtu: Number(values.get("mtu") ?? 0) || 0,
    root: values.get("root") === "yes",
  };
}
