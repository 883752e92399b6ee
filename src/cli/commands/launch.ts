import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import { collectFiles } from "../server/collect-files.ts";
import type { LaunchFlags } from "../server/launch.ts";

export function addLaunch(program: Command, io: Io): void {
  program
    .command("launch")
    .summary("start the management server")
    .description("Starts the management server and serves its console and API until it is interrupted. What it manages keeps running.")
    .option("-p, --port <port>", "port to listen on; with + the next free one when it is taken (default: 8081+)")
    .option("-b, --bind <address>", "address to listen on; others than 127.0.0.1 need users in the properties")
    .option("--https", "serve HTTPS; without a certificate of your own one is made with openssl")
    .option("--https-key <file>", "private key for HTTPS, in PEM")
    .option("--https-cert <file>", "certificate for HTTPS, in PEM, with those that signed it")
    .option("--data-dir <folder>", "where state is kept (default: ~/.clocker)")
    .option("--properties <file>", "a properties file read after ~/.brooklyn/brooklyn.properties")
    .option("--no-global-properties", "leave ~/.brooklyn/brooklyn.properties out")
    .option("--cloud", "deploy the Docker Cloud blueprint at --location")
    .option("-l, --location <spec>", "where --cloud and --app go, unless the blueprint says so itself")
    .option("-a, --app <file>", "deploy this blueprint")
    .option("--catalog-initial <files>", "add these to the catalog at the first start, and after a reset: bundles (.bom, zip, jar), folders, URLs; commas between, or repeated", collectFiles, [])
    .option("--catalog-add <files>", "add these to the catalog at each start", collectFiles, [])
    .option("--catalog-reset", "take what was added to the catalog out of it again, before anything is added")
    .option("--fail-on-catalog-errors", "do not start when one of them cannot be added")
    .addOption(new Option("--persist <mode>", "whether state is kept").choices(["auto", "disabled", "rebind", "clean"]).default("auto"))
    .addHelpText("after", "\nExamples:\n  clocker launch\n  clocker launch --cloud --location local\n  clocker launch --catalog-initial technologies/ --catalog-add mine.bom\n  clocker launch --port 9000 --data-dir /var/lib/clocker")
    .action(async (flags: LaunchFlags) => {
      // Only these commands need the server's code; the others start faster without.
      const { launch } = await import("../server/launch.ts");
      await launch(flags, io);
    });
}
