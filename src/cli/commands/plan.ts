import type { Command } from "commander";
import { PlanSummary } from "../../api/shapes/plan-summary.ts";
import type { Client } from "../client/client.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, say } from "../io.ts";
import { show } from "../output/show.ts";
import { oneLine, styleOf } from "../output/style.ts";
import { planText } from "../plan/show-plan.ts";
import { withLocation } from "../server/blueprint-edits.ts";
import { act, type ClientFlags, type Invocation, withServer } from "./client-command.ts";
import { examples } from "./examples.ts";
import { readInput } from "./read-input.ts";

export interface PlanFlags extends ClientFlags {
  readonly new?: boolean;
  readonly order?: string;
  readonly location?: string;
  readonly exitCode?: boolean;
}

/** Milliseconds that planning a large blueprint may take. */
export const PLAN_TIMEOUT = 5 * 60_000;

export function addPlan(program: Command, io: Io): void {
  examples(withPlanned(withServer(program.command("plan <file>"))), ["clocker plan shop.yaml", "clocker plan shop.yaml --app Shop", "clocker plan shop.yaml --exit-code || echo 'not what runs'", "cat shop.yaml | clocker plan - -o json"])
    .summary("show what a blueprint would do, without touching anything")
    .description(
      "Shows what a blueprint would do: what would be made, changed, replaced and removed and why, the host that each container would go to and why, hosts that would be added, all problems and warnings. " +
        "The blueprint is a YAML file, a URL, or - for standard input. It is compared with the running application of its name or id, or with that of --app; with --new it is planned as a new one. " +
        "Exit codes: 0; with --exit-code 3 when there are changes; 2 for an invalid blueprint, 5 for what can't be done while the application runs, 6 where no host is left.",
    )
    .option("--exit-code", "exit with 3 when there are changes")
    .action(act<PlanFlags>(io, async (invocation, file = "") => plan(invocation, file)));
}

/** Adds what says which application is meant, and how. */
export function withPlanned(command: Command): Command {
  return command
    .option("--app <name>", "the running application to change, by id or name (default: that of the blueprint's name)")
    .option("--new", "a new application, whatever runs")
    .option("-l, --location <spec>", "where to, unless the blueprint says so itself")
    .option("--order <order>", "how replacements go: start-first or stop-first (default: start-first, unless both can't be at once)");
}

async function plan({ client, flags, io }: Invocation<PlanFlags>, file: string): Promise<void> {
  const found = await planned(client, flags, withLocation(await readInput(file, io), flags.location));
  const style = styleOf(io, io.stdout);
  show(io, flags.output, { data: found, names: [found.id], text: (width) => planText({ plan: found, style, width }) });
  const code = exitCodeOfPlan(found);
  if (flags.output === "table" && code === undefined && found.hasChanges) say(io, `${styleOf(io).dim("Apply with:")} ${applyCommand(found, flags, file)}`);
  if (code !== undefined) throw new CliError(code, `The blueprint has ${found.problems.length} problems`, { isSilent: true });
  if (flags.exitCode === true && found.hasChanges) throw new CliError(exitCodes.changes, "There are changes", { isSilent: true });
}

export function planned(client: Client, flags: PlanFlags, text: string): Promise<PlanSummary> {
  return client.json(PlanSummary, "/v1/plan", { method: "POST", body: text, contentType: "application/yaml", query: planQuery(flags), timeout: PLAN_TIMEOUT, isReading: true });
}

export function planQuery({ app, new: isNew, order }: PlanFlags): Record<string, string | boolean | undefined> {
  return { application: app, new: isNew, order };
}

/** What a plan with problems ends with; undefined where it can be applied. */
export function exitCodeOfPlan({ problems }: PlanSummary): CliError["exitCode"] | undefined {
  const codes = problems.map(({ code }) => code);
  if (codes.length === 0) return undefined;
  if (codes.some((code) => code !== "no-capacity" && code !== "conflict")) return exitCodes.usage;
  return codes.includes("conflict") ? exitCodes.refused : exitCodes.noCapacity;
}

/** The command that does what was planned, and refuses where that would be something else by then. */
function applyCommand({ id, isNew, application }: PlanSummary, flags: PlanFlags, file: string): string {
  const words = ["clocker apply", quoted(file), ...(isNew ? (flags.new === true ? ["--new"] : []) : flags.app === undefined ? [] : ["--app", quoted(flags.app)])];
  if (flags.location !== undefined) words.push("--location", quoted(flags.location));
  if (flags.order !== undefined) words.push("--order", flags.order);
  // Without a name it could not be found again.
  return application.name === "" ? `clocker deploy ${quoted(file)}` : `${words.join(" ")} --plan ${id}`;
}

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${oneLine(text).replaceAll("'", "'\\''")}'`;
}
