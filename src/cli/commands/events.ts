import type { Command } from "commander";
import { serverEvents, type ServerEvent } from "../client/event-stream.ts";
import { type Io, print } from "../io.ts";
import { oneLine, styleOf, type Style } from "../output/style.ts";
import { textOf } from "../output/table.ts";
import { findOne } from "../client/find-one.ts";
import { examples } from "./examples.ts";
import { act, type ClientFlags, withServer } from "./client-command.ts";

interface EventsFlags extends ClientFlags {
  readonly kinds?: string;
  readonly follow?: boolean;
}

export function addEvents(program: Command, io: Io): void {
  examples(withServer(program.command("events [name]")), ["clocker events -f", "clocker events Shop --type task", "clocker events shop/web --type sensor", "clocker events -o json | jq .name"])
    .summary("show what happens on the server, as it happens")
    .description("Shows what happens from now on, until it is interrupted: of everything, of an application, or of one entity. A connection that is lost is made again, and goes on after the last event.")
    .option("-f, --follow", "go on until interrupted (always)")
    .option("--app <name>", "only of this application")
    .option("--entity <name>", "only of this entity, by any way of naming it")
    .option("--type <kinds>", "only these kinds: entity, sensor, member, task, location")
    .option("--kinds <kinds>", "the same as --type")
    .action(act<EventsFlags & { readonly type?: string }>(io, async ({ client, flags }, word) => {
      const style = styleOf(io, io.stdout);
      const found = word === undefined ? undefined : await findOne(client, word);
      const application = found?.applicationId ?? flags.app;
      const entity = found === undefined ? flags.entity : found.id === found.applicationId ? undefined : found.id;
      for await (const event of serverEvents(client, { application, kinds: flags.type ?? flags.kinds }, io.signal)) {
        if (entity !== undefined && event.name !== "hello" && event.name !== "reset" && event.data["entityId"] !== entity) continue;
        if (flags.output !== "table") print(io, JSON.stringify({ id: event.id, name: event.name, ...event.data }));
        else if (event.name !== "hello") print(io, line(event, style));
      }
    }));
}

function line({ name, data }: ServerEvent, { dim, red, green }: Style): string {
  const time = dim(new Date().toISOString().slice(11, 19));
  switch (name) {
    case "task": {
      const text = `${time} task ${textOf(data["phase"])} ${oneLine(String(data["displayName"]))} ${dim(textOf(data["taskId"]))}`;
      return data["isError"] === true ? red(`${text}: ${textOf(data["error"])}`) : data["phase"] === "ended" ? green(text) : text;
    }
    case "sensor":
      return `${time} sensor ${textOf(data["entityId"])} ${textOf(data["sensor"])} = ${textOf(data["value"] ?? "")}`;
    default:
      return `${time} ${name} ${Object.entries(data).map(([key, value]) => `${key}=${textOf(value)}`).join(" ")}`;
  }
}
