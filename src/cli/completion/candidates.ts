import type { Command, Option } from "commander";
import { listKinds } from "../brooklyn-spelling.ts";
import type { Io } from "../io.ts";
import { formats } from "../output/show.ts";
import { applicationNames, type Candidate, contextNames, effectorNames, entityNames, liveNames, type Source } from "./live-names.ts";
import { shells } from "./scripts.ts";

/** Asks the shell for files. */
export const FILES: Candidate = { value: ":files" };

/** What may be given after a flag, by its long name. */
const flagValues: Readonly<Record<string, Source>> = {
  "--app": applicationNames,
  "--entity": entityNames,
  "--context": contextNames,
  "--output": async () => formats.map((value) => ({ value })),
  "--location": liveNames("/v1/locations", "name"),
  "--kinds": async () => ["entity", "sensor", "member", "task", "location"].map((value) => ({ value })),
  "--for": async () => ["up", "gone", "state=RUNNING", "state=STOPPED", "done"].map((value) => ({ value })),
  "--sort": async () => ["cpu", "memory", "name"].map((value) => ({ value })),
};

const files: Source = async () => [FILES];
const anything = entityNames;

/** What the words of a command are, in order; the last one for all that follow. */
const commandWords: Readonly<Record<string, readonly Source[]>> = {
  app: [applicationNames],
  tree: [applicationNames],
  delete: [applicationNames],
  rollback: [applicationNames],
  revisions: [applicationNames],
  entity: [entityNames],
  wait: [anything],
  logs: [anything],
  exec: [anything],
  top: [anything],
  ps: [anything],
  why: [anything],
  events: [anything],
  deploy: [files],
  plan: [files],
  apply: [files],
  "add-children": [files],
  invoke: [effectorNames],
  effector: [effectorNames, async () => [{ value: "invoke" }]],
  location: [liveNames("/v1/locations", "name")],
  activity: [liveNames("/v1/activities", "id", "displayName"), async () => ["stdout", "stderr", "stdin", "env", "follow", "cancel"].map((value) => ({ value }))],
  list: [async () => listKinds().map((value) => ({ value }))],
  "catalog add": [files],
  "catalog list": [async () => ["entities", "applications", "policies", "enrichers", "locations"].map((value) => ({ value }))],
  "catalog show": [liveNames("/v1/catalog/entities", "symbolicName", "name")],
  "catalog delete": [liveNames("/v1/catalog/entities?allVersions=true", "id", "name")],
  "context use": [contextNames],
  "context show": [contextNames],
  "context rm": [contextNames],
  completion: [async () => shells.map((value) => ({ value }))],
};

/** Commands that go on after `app NAME` and `app NAME entity NAME`. */
const scoped = ["entity", "sensor", "config", "effector", "policy", "activity", "invoke", "start", "stop", "restart", "rename", "spec", "add-children", "logs", "exec", "wait", "delete"];

/** What may stand at the last of the words, of those that begin as it does. */
export async function candidates(program: Command, words: readonly string[], io: Io): Promise<Candidate[]> {
  const typed = joined(words).map((word) => unquoted(word));
  const current = typed.at(-1) ?? "";
  const found = await possible(program, typed.slice(0, -1), current, io);
  return found.filter(({ value }) => value === FILES.value || value.toLowerCase().startsWith(current.toLowerCase()));
}

async function possible(program: Command, before: readonly string[], current: string, io: Io): Promise<Candidate[]> {
  const scope = scopeOf(before);
  const { command, path, words } = commandOf(program, scope.rest);
  const last = before.at(-1) ?? "";
  const flag = last.startsWith("-") ? optionOf(command, last) : undefined;
  const asked = { io, app: scope.app ?? valueOf(before, "--app"), context: valueOf(before, "--context"), server: valueOf(before, "--server") };
  if (flag !== undefined && (flag.required || flag.optional)) return (flagValues[flag.long ?? ""] ?? (/file|folder/i.test(flag.flags) ? files : none))(asked);
  if (current.startsWith("-")) return command.options.filter(({ hidden }) => !hidden).flatMap(({ long, description }) => (long === undefined ? [] : [{ value: long, description }]));
  if (path === "") return [...(scope.app === undefined ? [] : scoped.map((value) => ({ value }))), ...(scope.app === undefined ? commandsOf(program) : [])];
  if (command.commands.length > 0) return commandsOf(command);
  // `app Shop` may end there, or go on.
  if ((path === "app" || path === "entity") && words.length === 1) return scoped.map((value) => ({ value }));
  const sources = commandWords[path] ?? [];
  const source = sources[Math.min(words.length, sources.length - 1)];
  return source === undefined || words.length >= Math.max(1, sources.length) ? [] : source(asked);
}

const none: Source = async () => [];

/** `app SHOP entity WEB` taken off the beginning, as long as something follows. */
function scopeOf(words: readonly string[]): { app: string | undefined; rest: readonly string[] } {
  if (!/^(app|application|a)$/.test(words[0] ?? "") || words[1] === undefined || words[1].startsWith("-") || words.length < 3) return { app: undefined, rest: words };
  let at = 2;
  while (/^(entity|ent|e)$/.test(words[at] ?? "") && words[at + 1] !== undefined) at += 2;
  return { app: words[1], rest: words.slice(at) };
}

/** The command that the words name, and the words that are its own. */
function commandOf(program: Command, words: readonly string[]): { command: Command; path: string; words: string[] } {
  let command = program;
  const path: string[] = [];
  const own: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word.startsWith("-")) {
      const option = optionOf(command, word);
      if (option !== undefined && option.required && !word.includes("=")) at++;
      continue;
    }
    const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (next === undefined) own.push(word);
    else {
      command = next;
      path.push(next.name());
    }
  }
  return { command, path: path.join(" "), words: own };
}

function optionOf(command: Command, word: string): Option | undefined {
  const name = word.split("=", 1)[0];
  return command.options.find(({ long, short }) => long === name || short === name);
}

function valueOf(words: readonly string[], flag: string): string | undefined {
  const at = words.indexOf(flag);
  return at < 0 ? undefined : words[at + 1];
}

function commandsOf(command: Command): Candidate[] {
  return command.createHelp().visibleCommands(command).map((each) => ({ value: each.name(), description: each.summary() || each.description() }));
}

/** Bash takes words apart at `=`. */
function joined(words: readonly string[]): string[] {
  return words.flatMap((word, index) => (word === "=" && index < words.length - 1 ? [] : [word === "=" ? "" : word]));
}

/** Words come as they were typed. */
function unquoted(word: string): string {
  return word.replace(/^["']|["']$/g, "").replaceAll(/\\(.)/g, "$1");
}
