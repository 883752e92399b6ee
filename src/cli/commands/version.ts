import type { Command } from "commander";
import { z } from "zod";
import { ServerVersion } from "../client/server-version.ts";
import type { Io } from "../io.ts";
import { show } from "../output/show.ts";
import { facts } from "../output/table.ts";
import { versionOfThis } from "../version.ts";
import { act, withServer } from "./client-command.ts";
import { examples } from "./examples.ts";

const Access = z.object({ locationProvisioningAllowed: z.boolean() });

export function addVersion(program: Command, io: Io): void {
  examples(withServer(program.command("version")), ["clocker version", "clocker version -o json"]).summary("show the versions of the command line and of the server").action(act(io, async ({ client, flags }) => {
    const server = await client.json(ServerVersion, "/v1/server/version");
    show(io, flags.output, { data: { client: versionOfThis(), server }, names: [server.version], text: () => facts([["Client", versionOfThis()], ["Server", server.version], ["Build", server.buildSha1], ["Address", client.url]]) });
  }));

  examples(withServer(program.command("access")), ["clocker access"]).summary("show what the server allows").action(act(io, async ({ client, flags }) => {
    const access = await client.json(Access, "/v1/access");
    show(io, flags.output, { data: access, names: [], text: () => facts(Object.entries(access)) });
  }));
}
