import type { Command } from "commander";
import { serverEvents, type ServerEvent } from "../client/event-stream.ts";
import { type Io, print } from "../io.ts";
import { oneLine, styleOf, type Style } from "../output/style.ts";
import { textOf } from "../output/table.ts";
import { act, type ClientFlags, withServer } from "./client-command.ts";

interface EventsFlags extends ClientFlags {
  readonly kinds?: string;
}

export function addEvents(program: Command, io: Io): void {
  withServer(program.command("events"))
    .summary("show what happens on the server, as it happens")
    .option("-f, --follow", "go on until interrupted (always)")
    .option("--app <name>", "only of this application")
    .option("--kinds <kinds>", "only these kinds: entity, sensor, member, task, location")
    .addHelpText("after", "\nExamples:\n  clocker events -f\n  clocker events --app Shop --kinds task\n  clocker events -o json | jq .name")
    .action(act<EventsFlags>(io, async ({ client, flags }) => {
      const style = styleOf(io, io.stdout);
      for await (const event of serverEvents(client, { application: flags.app, kinds: flags.kinds }, io.signal)) {
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
