import type { Command } from "commander";
import { z } from "zod";
import { links } from "../../api/shapes/links.ts";
import { LocationSummary } from "../../api/shapes/location-summary.ts";
import type { Io } from "../io.ts";
import { show } from "../output/show.ts";
import { facts, table } from "../output/table.ts";
import { examples } from "./examples.ts";
import { act, type Invocation, withServer } from "./client-command.ts";

export function addLocation(program: Command, io: Io): void {
  examples(withServer(program.command("location [words...]").alias("locations")), ["clocker location", "clocker location my-docker-cloud"])
    .summary("list the locations that blueprints can name, or show one")
    .action(act(io, async (invocation, ...words) => {
      const [name] = words[0] === "list" || words[0] === "show" ? words.slice(1) : words;
      await (name === undefined ? list(invocation) : one(invocation, name));
    }));
}

async function list({ client, flags, io }: Invocation): Promise<void> {
  const locations = await client.json(z.array(LocationSummary), "/v1/locations");
  show(io, flags.output, {
    data: locations,
    names: locations.map(({ name, id }) => name ?? id),
    text: (width) => table([{ title: "ID", value: ({ id }) => id }, { title: "NAME", value: ({ name }) => name }, { title: "SPEC", value: ({ spec }) => spec }], locations, width),
  });
}

async function one({ client, flags, io }: Invocation, name: string): Promise<void> {
  const location = await client.json(LocationSummary, links.location(name), { query: { full: true } });
  const { id, spec, type, config = {} } = location;
  show(io, flags.output, { data: location, names: [location.name ?? id], text: () => facts([["Name", location.name], ["Id", id], ["Spec", spec], ["Type", type], ...Object.entries(config)]) });
}
