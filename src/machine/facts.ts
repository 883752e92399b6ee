import { ClockerError } from "../model/errors.ts";
import type { Machine, MachineFacts } from "./machine.ts";

/**
 * Prints what is known of a machine, one `name=value` a line, with any POSIX shell. A memory limit of the machine's own control group
 * counts (a container has no more than that). Commands that a small image lacks leave their line empty.
 */
const FACTS_SCRIPT = `
ID= VERSION_ID=
[ -r /etc/os-release ] && . /etc/os-release
echo "os=$ID"
echo "osVersion=$VERSION_ID"
echo "kernel=$(uname -s)"
echo "architecture=$(uname -m)"
echo "hostname=$(hostname 2>/dev/null || uname -n)"
echo "cpus=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null)"
while read -r name value unit; do
  [ "$name" = MemTotal: ] && echo "memoryKilobytes=$value"
done 2>/dev/null </proc/meminfo
[ -r /proc/meminfo ] || echo "memoryBytes=$(sysctl -n hw.memsize 2>/dev/null)"
for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
  [ -r "$file" ] && read -r limit <"$file" && echo "memoryLimit=$limit"
done
df -Pk / 2>/dev/null | { read -r header; read -r device size used free rest; echo "diskFreeKilobytes=$free"; }
`;

/** Milliseconds; a machine that can't tell its facts in this time is stuck. */
const FACTS_TIMEOUT = 60_000;

/** Asks a machine for its facts. @throws command-failed when it answers something else. */
export async function readFacts(machine: Machine, signal?: AbortSignal): Promise<MachineFacts> {
  const { stdout, stderr } = await machine.run({ script: FACTS_SCRIPT }, { signal, timeout: FACTS_TIMEOUT });
  return parseFacts(stdout, machine.name, stderr);
}

/** Reads the script's output. */
export function parseFacts(output: string, machine: string, errors = ""): MachineFacts {
  const lines = output.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1).trim()] as const);
  const facts = new Map(lines.filter(([name]) => name !== ""));
  const number = (name: string): number => {
    const value = Number(facts.get(name) || Number.NaN);
    return Number.isFinite(value) ? value : 0;
  };
  const architecture = facts.get("architecture");
  if (!architecture) {
    throw new ClockerError("command-failed", `Cannot read the facts of "${machine}": its shell answered "${output.trim().slice(0, 200)}" ${errors.trim().slice(0, 200)}`.trim());
  }
  const memory = number("memoryKilobytes") * 1024 || number("memoryBytes");
  const limit = number("memoryLimit") || memory;
  return {
    os: facts.get("os") || (facts.get("kernel") ?? "unknown").toLowerCase(),
    osVersion: facts.get("osVersion") ?? "",
    architecture: dockerArchitecture(architecture),
    hostname: facts.get("hostname") ?? "",
    cpus: number("cpus") || 1,
    memoryBytes: Math.min(memory, limit),
    diskFreeBytes: number("diskFreeKilobytes") * 1024,
  };
}

/** What `uname -m` says, as Docker names it. */
function dockerArchitecture(machine: string): string {
  const known: Record<string, string> = { x86_64: "amd64", aarch64: "arm64", armv7l: "arm", i686: "386", i386: "386" };
  return known[machine] ?? machine;
}
