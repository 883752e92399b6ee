import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { Client } from "../client/client.ts";
import { type ClientFile, clientFile, urlOf } from "../client/connect.ts";
import { type Io, print } from "../io.ts";
import { show } from "../output/show.ts";
import { facts } from "../output/table.ts";
import { versionOfThis } from "../version.ts";
import { act, withServer } from "./client-command.ts";

const ServerVersion = z.object({ version: z.string(), buildSha1: z.string(), buildBranch: z.string() });
const Access = z.object({ locationProvisioningAllowed: z.boolean() });

export function addVersion(program: Command, io: Io): void {
  withServer(program.command("version")).summary("show the versions of the command line and of the server").action(act(io, async ({ client, flags }) => {
    const server = await client.json(ServerVersion, "/v1/server/version");
    show(io, flags.output, { data: { client: versionOfThis(), server }, names: [server.version], text: () => facts([["Client", versionOfThis()], ["Server", server.version], ["Build", server.buildSha1], ["Address", client.url]]) });
  }));

  withServer(program.command("access")).summary("show what the server allows").action(act(io, async ({ client, flags }) => {
    const access = await client.json(Access, "/v1/access");
    show(io, flags.output, { data: access, names: [], text: () => facts(Object.entries(access)) });
  }));

  program
    .command("login <url> [user] [password]")
    .summary("remember a server, and a user on it, in ~/.clocker/client.json")
    .addHelpText("after", "\nThe password is better given in CLOCKER_PASSWORD than as a word.")
    .action((url: string, user: string | undefined, password: string | undefined) => login(io, { url: urlOf(url), user, password: password ?? (user === undefined ? undefined : io.env["CLOCKER_PASSWORD"]) }));
}

/** Kept only when the server takes it. */
async function login(io: Io, given: ClientFile & { url: string }): Promise<void> {
  const { version } = await new Client(given, io.signal).json(ServerVersion, "/v1/server/version");
  const file = clientFile(io.home);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(given, undefined, 2)}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  print(io, `Connected to Clocker ${version} at ${given.url}`);
}
