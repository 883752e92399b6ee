import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { Workload, type WorkloadHost, type WorkloadProcess } from "../../api/shapes/workload.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { bytes, percent } from "../output/quantities.ts";
import { show } from "../output/show.ts";
import { type Style, styleOf, widthOf } from "../output/style.ts";
import { type Column, table } from "../output/table.ts";
import { act, type ClientFlags, durationOf, type Invocation, withServer } from "./client-command.ts";
import { examples } from "./examples.ts";

interface TopFlags extends ClientFlags {
  readonly once?: boolean;
  readonly interval?: string;
  readonly sort?: string;
}

/** Milliseconds between looks, and the fewest: each asks all engines. */
const PERIOD = 2_000;
const SHORTEST = 500;
const READING_TIMEOUT = 30_000;

export function addTop(program: Command, io: Io): void {
  examples(withServer(program.command("top [name]")), ["clocker top", "clocker top Shop", "clocker top docker-1 --once", "clocker top -o json | jq '.processes[] | select(.cpu > 0.5)'"])
    .summary("show what hosts and containers use, as it changes")
    .description("Shows Docker hosts, and containers and software with CPU (of one core) and memory, of all or of an application, entity, host or cloud. On a terminal it is shown again and again until interrupted.")
    .option("--app <name>", "the application, by id or name")
    .option("--once", "show it once (always where the output is no terminal)")
    .option("--interval <duration>", "how often it is shown again (default: 2s)")
    .option("--sort <by>", "cpu, memory or name", "cpu")
    .action(act<TopFlags>(io, (invocation, name) => top(invocation, name)));

  examples(withServer(program.command("ps [name]")), ["clocker ps", "clocker ps Shop", "clocker ps -o json"])
    .summary("list what runs, and where")
    .description("Lists containers and software with their state, host or machine, and ports; of all, or of an application, entity, host or cloud.")
    .option("--app <name>", "the application, by id or name")
    .action(act<TopFlags>(io, (invocation, name) => ps(invocation, name)));
}

async function top(invocation: Invocation<TopFlags>, name: string | undefined): Promise<void> {
  const { client, flags, io } = invocation;
  if (!["cpu", "memory", "name"].includes(flags.sort ?? "cpu")) throw new CliError(exitCodes.usage, `Cannot sort by "${flags.sort}"`, { remedy: "It is cpu, memory or name" });
  const read = () => client.json(Workload, "/v1/workload", { query: { name: name ?? flags.app, readings: true }, timeout: READING_TIMEOUT });
  const style = styleOf(io, io.stdout);
  const isLive = flags.once !== true && flags.output === "table" && io.stdout.isTTY === true;
  if (!isLive) return showOnce(invocation, await read(), (each, width) => topText(each, { width, style, sort: flags.sort }));
  const period = Math.max(SHORTEST, durationOf(flags.interval, PERIOD));
  // The other screen: what was there before is there again afterwards.
  io.stdout.write("\u001B[?1049h\u001B[?25l");
  try {
    while (!io.signal.aborted) {
      const text = topText(await read(), { width: widthOf(io.stdout), style, sort: flags.sort });
      const lines = text.split("\n").slice(0, Math.max(1, (io.stdout.rows ?? 24) - 1));
      io.stdout.write(`\u001B[H${lines.map((line) => `${line}\u001B[K`).join("\n")}\n\u001B[J`);
      await sleep(period, undefined, { signal: io.signal }).catch(() => {});
    }
  } catch (error) {
    if (!io.signal.aborted) throw error;
  } finally {
    io.stdout.write("\u001B[?25h\u001B[?1049l");
  }
}

async function ps(invocation: Invocation<TopFlags>, name: string | undefined): Promise<void> {
  const { client, flags } = invocation;
  showOnce(invocation, await client.json(Workload, "/v1/workload", { query: { name: name ?? flags.app } }), ({ processes }, width) =>
    processes.length === 0 ? "Nothing runs" : table([...identity, { title: "MACHINE", value: ({ machine }) => machine }, { title: "CONTAINER", value: ({ container }) => container }, { title: "IMAGE", value: ({ image }) => image }, { title: "PORTS", value: ({ ports = {} }) => Object.entries(ports).map(([inside, outside]) => `${outside}→${inside}`).join(" ") }], processes, width),
  );
}

const identity: readonly Column<WorkloadProcess>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "NAME", value: ({ path }) => path },
  { title: "STATE", value: stateOf },
];

function showOnce({ flags, io }: Invocation<TopFlags>, workload: Workload, text: (workload: Workload, width: number | undefined) => string): void {
  show(io, flags.output, { data: workload, names: workload.processes.map(({ id }) => id), text: (width) => text(workload, width) });
}

function topText({ at, hosts, processes }: Workload, { width, style, sort = "cpu" }: { width: number | undefined; style: Style; sort: string | undefined }): string {
  const up = processes.filter((each) => each.up).length;
  const head = style.dim(`${new Date(at).toISOString().slice(11, 19)}  ${many(hosts.length, "host", "hosts")}, ${many(processes.length, "process", "processes")}, ${up} up`);
  return [head, ...(hosts.length === 0 ? [] : ["", table(hostColumns, hosts, width)]), "", processes.length === 0 ? "Nothing runs" : table(processColumns, sorted(processes, sort), width)].join("\n");
}

function many(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

const hostColumns: readonly Column<WorkloadHost>[] = [
  { title: "HOST", value: ({ name }) => name },
  { title: "CLOUD", value: ({ cloud }) => cloud },
  { title: "STATE", value: stateOf },
  { title: "CPU", value: ({ cpu }) => (cpu === undefined ? "" : percent(cpu)) },
  { title: "MEMORY", value: ({ memoryUsedBytes, memoryTotalBytes }) => memory(memoryUsedBytes, memoryTotalBytes) },
  { title: "CONTAINERS", value: ({ containers, maxContainers }) => (maxContainers === undefined ? String(containers) : `${containers} of ${maxContainers}`) },
  { title: "ADDRESS", value: ({ address }) => address },
];

const processColumns: readonly Column<WorkloadProcess>[] = [
  { title: "NAME", value: ({ path }) => path },
  { title: "STATE", value: stateOf },
  { title: "CPU", value: ({ cpu }) => (cpu === undefined ? "" : percent(cpu)) },
  { title: "MEMORY", value: ({ memoryBytes, memoryLimitBytes }) => memory(memoryBytes, memoryLimitBytes) },
  { title: "MACHINE", value: ({ machine }) => machine },
  { title: "CONTAINER", value: ({ container }) => container },
];

/** Running without being up is no running. */
function stateOf({ state, up }: { state: string; up: boolean }): string {
  return state === "RUNNING" && !up ? "not up" : state.toLowerCase().replaceAll("_", " ");
}

function memory(used: number | undefined, of: number | undefined): string {
  if (used === undefined) return "";
  return of === undefined || of === 0 ? bytes(used) : `${bytes(used)} of ${bytes(of)}`;
}

function sorted(processes: readonly WorkloadProcess[], by: string): WorkloadProcess[] {
  const byName = processes.toSorted((a, b) => a.path.localeCompare(b.path));
  if (by === "name") return byName;
  return byName.toSorted((a, b) => (by === "memory" ? (b.memoryBytes ?? -1) - (a.memoryBytes ?? -1) : (b.cpu ?? -1) - (a.cpu ?? -1)));
}
