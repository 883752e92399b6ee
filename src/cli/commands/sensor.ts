import type { Command } from "commander";
import { z } from "zod";
import { ConfigSummary } from "../../api/shapes/config-summary.ts";
import { segment } from "../../api/shapes/links.ts";
import { SensorSummary } from "../../api/shapes/sensor-summary.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, print } from "../io.ts";
import { show } from "../output/show.ts";
import { table, textOf } from "../output/table.ts";
import { act, type Invocation, withEntity } from "./client-command.ts";
import { entityPath } from "./entity-path.ts";
import { examples } from "./examples.ts";

const Values = z.record(z.string(), z.unknown());

export function addSensor(program: Command, io: Io): void {
  examples(withEntity(program.command("sensor [name] [set] [value]").alias("sensors").alias("sens").alias("s")), ["clocker sensor --app Shop --entity Web", "clocker app Shop entity Web sensor main.uri", "clocker sensor main.uri --entity shop/web"])
    .summary("show an entity's sensors, one sensor's value, or set it")
    .action(act(io, async (invocation, name, verb, given) => {
      if (name === undefined || name === "list") return sensors(invocation);
      if (verb === undefined) return value(invocation, "sensors", name);
      await set(invocation, "sensors", { name, verb, given });
    }));

  examples(withEntity(program.command("config [key] [set] [value]").alias("conf").alias("con").alias("c")), ["clocker config --app Shop --entity Web", "clocker config http.port --app Shop --entity Web", "clocker config http.port set 8090 --app Shop --entity Web"])
    .summary("show an entity's config, one key's value, or set it")
    .action(act(io, async (invocation, key, verb, given) => {
      if (key === undefined || key === "list") return config(invocation);
      if (verb === undefined) return value(invocation, "config", key);
      await set(invocation, "config", { name: key, verb, given });
    }));
}

async function sensors({ client, flags, io }: Invocation): Promise<void> {
  const at = entityPath(flags);
  const [declared, values] = await Promise.all([client.json(z.array(SensorSummary), `${at}/sensors`), client.json(Values, `${at}/sensors/current-state`)]);
  show(io, flags.output, {
    data: values,
    names: declared.map(({ name }) => name),
    text: (width) => table([{ title: "NAME", value: ({ name }) => name }, { title: "VALUE", value: ({ name }) => (name in values ? textOf(values[name]) : "") }], declared, width),
  });
}

async function config({ client, flags, io }: Invocation): Promise<void> {
  const at = entityPath(flags);
  const [declared, values] = await Promise.all([client.json(z.array(ConfigSummary), `${at}/config`), client.json(Values, `${at}/config/current-state`)]);
  const known = new Map(declared.map((key) => [key.name, key]));
  const names = Object.keys(values);
  show(io, flags.output, {
    data: values,
    names,
    text: (width) => table([{ title: "KEY", value: (name) => name }, { title: "VALUE", value: (name) => textOf(values[name]) }, { title: "DESCRIPTION", value: (name) => known.get(name)?.description }], names, width),
  });
}

/** One value: text as it is, so that scripts can use it. */
async function value({ client, flags, io }: Invocation, kind: "sensors" | "config", name: string): Promise<void> {
  const body = await client.text(`${entityPath(flags)}/${kind}/${segment(name)}`, { accept: "application/json" });
  if (body === "") return;
  const parsed = JSON.parse(body) as unknown;
  if (flags.output !== "table") return show(io, flags.output, { data: parsed, names: [textOf(parsed)], text: () => "" });
  print(io, typeof parsed === "string" ? parsed : JSON.stringify(parsed, undefined, 2));
}

/** JSON is taken as such, anything else as text. */
async function set({ client, flags }: Invocation, kind: "sensors" | "config", { name, verb, given }: { name: string; verb: string; given: string | undefined }): Promise<void> {
  const command = kind === "config" ? "config" : "sensor";
  if (verb !== "set" || given === undefined) throw new CliError(exitCodes.usage, `Cannot understand "${command} ${name} ${verb}"`, { remedy: `clocker ${command} ${name} set VALUE` });
  await client.text(`${entityPath(flags)}/${kind}/${segment(name)}`, { method: "POST", body: isJson(given) ? given : JSON.stringify(given), contentType: "application/json" });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
