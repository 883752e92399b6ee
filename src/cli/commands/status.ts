import type { Command } from "commander";
import { z } from "zod";
import type { Io } from "../io.ts";
import { show } from "../output/show.ts";
import { oneLine, styleOf } from "../output/style.ts";
import { facts, table } from "../output/table.ts";
import { act, type Invocation, withServer } from "./client-command.ts";
import { examples } from "./examples.ts";

const health = { name: z.string(), state: z.string(), up: z.boolean() };
const Problem = z.object({ entity: z.string(), reason: z.string() });

/** What of `GET /v1/overview` is shown. */
export const OverviewShown = z.object({
  server: z.object({ version: z.string(), planeId: z.string(), up: z.boolean() }),
  clouds: z.array(z.object({ ...health, location: z.string().optional(), containers: z.number(), hosts: z.array(z.object(health)), problems: z.array(Problem) })),
  applications: z.array(z.object({ ...health, entities: z.number(), urls: z.array(z.object({ url: z.string() })), problems: z.array(Problem) })),
  activity: z.array(z.object({ id: z.string(), name: z.string(), entity: z.string().optional(), status: z.string(), endedAt: z.number().optional() })),
});
export type OverviewShown = z.infer<typeof OverviewShown>;

export function addStatus(program: Command, io: Io): void {
  examples(withServer(program.command("status")), ["clocker status", "clocker status -o json"])
    .summary("show how the server, its clouds and applications are")
    .action(act(io, (invocation) => status(invocation)));
}

async function status({ client, flags, io }: Invocation): Promise<void> {
  const raw = await client.json(z.unknown(), "/v1/overview");
  const { server, clouds, applications, activity } = OverviewShown.parse(raw);
  const style = styleOf(io, io.stdout);
  show(io, flags.output, {
    data: raw,
    names: applications.map(({ name }) => name),
    text: (width) => {
      const running = activity.filter(({ endedAt }) => endedAt === undefined);
      const problems = [...clouds, ...applications].flatMap(({ name, problems: own }) => own.map(({ entity, reason }) => ({ where: entity === name ? name : `${name}/${entity}`, reason })));
      return [
        facts([["Server", `Clocker ${server.version} at ${client.url}, ${server.up ? "up" : "not ready"}`], ["Context", client.address.context], ["Tasks", running.length === 0 ? "none run" : running.map(({ name, entity }) => (entity === undefined ? name : `${name} (${entity})`)).join(", ")]]),
        ...(clouds.length === 0 ? [] : ["", table([{ title: "CLOUD", value: ({ name }) => name }, { title: "STATE", value: stateOf }, { title: "HOSTS", value: ({ hosts }) => `${hosts.filter((host) => host.up).length} of ${hosts.length} up` }, { title: "CONTAINERS", value: ({ containers }) => containers }, { title: "LOCATION", value: ({ location }) => location }], clouds, width)]),
        ...(applications.length === 0 ? ["", "No applications"] : ["", table([{ title: "APPLICATION", value: ({ name }) => name }, { title: "STATE", value: stateOf }, { title: "ENTITIES", value: ({ entities }) => entities }, { title: "ADDRESS", value: ({ urls }) => urls[0]?.url }], applications, width)]),
        ...(problems.length === 0 ? [] : ["", style.red("Problems"), ...problems.map(({ where, reason }) => `  ${where}: ${oneLine(reason)}`)]),
      ].join("\n");
    },
  });
}

function stateOf({ state, up }: { state: string; up: boolean }): string {
  return state === "RUNNING" && !up ? "not up" : state.toLowerCase().replaceAll("_", " ");
}
