import type { Command } from "commander";
import { z } from "zod";
import { links } from "../../api/shapes/links.ts";
import { Workload } from "../../api/shapes/workload.ts";
import { findOne } from "../client/find-one.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { show } from "../output/show.ts";
import { facts, table } from "../output/table.ts";
import { act, type ClientFlags, type Invocation, withServer } from "./client-command.ts";
import { examples } from "./examples.ts";

/** What placement decided, as the container's sensor has it. */
const Verdict = z.object({ hostName: z.string(), kept: z.boolean(), by: z.string(), reason: z.string(), rank: z.number().optional() });
const Decision = z.object({
  hostName: z.string().optional(),
  hosts: z.number(),
  kept: z.number(),
  candidates: z.array(Verdict),
  grouped: z.array(z.object({ by: z.string(), reason: z.string(), hosts: z.number(), examples: z.array(z.string()) })).optional(),
  chain: z.array(z.string()),
  at: z.number(),
});
type Decision = z.infer<typeof Decision>;

const PLACEMENT = "docker.container.placement";

export function addWhy(program: Command, io: Io): void {
  examples(withServer(program.command("why <name>")), ["clocker why shop/web", "clocker why docker-1-4 -o json"])
    .summary("show why a container is on its host")
    .description("Shows what placement decided for a container, or for the container that an entity runs in: which host was chosen, why each other one was not, and what was asked.")
    .action(act(io, (invocation, name = "") => why(invocation, name)));
}

async function why({ client, flags, io }: Invocation<ClientFlags>, name: string): Promise<void> {
  const found = await findOne(client, name);
  const containers = await containersOf(client, found.id);
  const [first, ...others] = containers;
  if (first === undefined) throw new CliError(exitCodes.notFound, `"${found.path}" runs in no container: placement decided nothing for it`, { remedy: "clocker ps lists what runs where" });
  if (others.length > 0) throw new CliError(exitCodes.usage, `"${found.path}" has ${containers.length} containers below it`, { remedy: `Name one of ${containers.slice(0, 8).map(({ path }) => path).join(", ")}` });
  const raw = await client.text(`${links.entity(first.applicationId, first.id)}/sensors/${PLACEMENT}`, { accept: "application/json" });
  if (raw === "") throw new CliError(exitCodes.notFound, `Container "${first.path}" was found on its host, not placed there`);
  const decision = Decision.parse(JSON.parse(raw));
  show(io, flags.output, { data: JSON.parse(raw), names: [decision.hostName ?? ""], text: (width) => textOf(first.path, decision, width) });
}

interface Container {
  readonly id: string;
  readonly applicationId: string;
  readonly path: string;
}

/** The containers that an entity is, runs in, or has below it. */
async function containersOf(client: Invocation["client"], id: string): Promise<Container[]> {
  const { processes } = await client.json(Workload, "/v1/workload", { query: { name: id } });
  const ids = [...new Set(processes.flatMap(({ containerId }) => containerId ?? []))];
  return Promise.all((ids.length === 0 ? [] : ids).slice(0, 50).map(async (containerId) => {
    const { applicationId, path } = await findOne(client, containerId);
    const held = processes.find((process) => process.containerId === containerId);
    return { id: containerId, applicationId, path: held?.path ?? path };
  }));
}

function textOf(name: string, { hostName, hosts, kept, candidates, grouped = [], chain, at }: Decision, width: number | undefined): string {
  const rows = [
    ...candidates.map((each) => ({ host: each.hostName, verdict: each.kept ? (each.rank === 1 ? "chosen" : `kept, rank ${each.rank ?? ""}`) : "dropped", by: each.by, reason: each.reason })),
    ...grouped.map((each) => ({ host: `${each.hosts} hosts (${each.examples.join(", ")})`, verdict: "dropped", by: each.by, reason: each.reason })),
  ];
  return [
    facts([["Container of", name], ["Host", hostName ?? "none"], ["Decided", new Date(at).toISOString().replace("T", " ").slice(0, 19)], ["Looked at", `${hosts} ${hosts === 1 ? "host" : "hosts"}, ${kept} of them kept`]]),
    "",
    table([{ title: "HOST", value: ({ host }) => host }, { title: "VERDICT", value: ({ verdict }) => verdict }, { title: "BY", value: ({ by }) => by }, { title: "REASON", value: ({ reason }) => reason }], rows, width),
    ...(chain.length === 0 ? [] : ["", "Asked in this order:", ...chain.map((each) => `  ${each}`)]),
  ].join("\n");
}
