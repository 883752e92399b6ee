import { listCommand } from "./brooklyn-spelling.ts";

const applicationWords: ReadonlySet<string> = new Set(["app", "apps", "application", "applications", "a"]);
const entityWords: ReadonlySet<string> = new Set(["entity", "entities", "ent", "ents", "e"]);
const verbs: ReadonlySet<string> = new Set(["list", "ls", "show"]);
const groups: ReadonlySet<string> = new Set(["catalog", "context"]);
const streams: ReadonlySet<string> = new Set(["stdout", "stderr", "stdin", "env"]);
const activityWords: ReadonlySet<string> = new Set(["activity", "activities", "act", "acts", "v"]);

/** Flags that may stand before the command, and whether a value follows. */
const leading: Readonly<Record<string, boolean>> = { "--server": true, "--context": true, "--user": true, "--password": true, "-o": true, "--output": true, "--yes": false, "-y": false, "--insecure": false };

/**
 * Scopes as Brooklyn's `br` writes them become flags: `app SHOP entity WEB sensor main.uri` means `sensor --app SHOP --entity WEB main.uri`.
 * The last scope stays a command when nothing follows it: `app SHOP entity WEB` means `entity --app SHOP WEB`.
 */
export function withoutScopes(args: readonly string[]): string[] {
  const [flags, words] = splitLeading(args);
  const scope: string[] = [];
  let at = 0;
  if (applicationWords.has(words[0] ?? "") && goesOn(words, 0)) {
    scope.push("--app", words[1] ?? "");
    at = 2;
    let entity: string | undefined;
    while (entityWords.has(words[at] ?? "") && goesOn(words, at)) {
      entity = words[at + 1];
      at += 2;
    }
    if (entity !== undefined) scope.push("--entity", entity);
  }
  const [command, ...rest] = ownCommand(words.slice(at));
  if (command === undefined) return [...flags, ...scope];
  // A group's own command takes the flags.
  if (groups.has(command) && rest[0] !== undefined) return [command, rest[0], ...flags, ...rest.slice(1)];
  return [command, ...scope, ...flags, ...rest];
}

/** Flags of `exec` without a value; all others have one. */
const execFlags: ReadonlySet<string> = new Set(["--interactive", "--tty", "--yes", "--json", "--insecure", "--help", "-y", "-j", "-h"]);

/** `exec NAME ls -l` means `exec NAME -- ls -l`: what follows the first word of the command is the command's. */
export function withCommandApart(args: readonly string[]): string[] {
  if (args[0] !== "exec") return [...args];
  let isNamed = args.some((word, index) => (word === "--app" || word === "--entity") && !args.slice(0, index).includes("--"));
  for (let at = 1; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") break;
    if (word.startsWith("-")) {
      const takesValue = !execFlags.has(word) && !word.includes("=") && !/^-[it]+$/.test(word);
      if (takesValue) at++;
    } else if (isNamed) return [...args.slice(0, at), "--", ...args.slice(at)];
    else isNamed = true;
  }
  return [...args];
}

/** What `br` calls by other words: `list KIND`, `add-catalog FILE`, and the streams of an activity. */
function ownCommand(words: readonly string[]): readonly string[] {
  const [command = "", word, next, ...rest] = words;
  if ((command === "list" || command === "ls") && word !== undefined) return [...(listCommand(word) ?? ["list", word]), ...words.slice(2)];
  if (command === "add-catalog") return ["catalog", "add", ...words.slice(1)];
  // `activity T activity` is the list of T's sub-tasks.
  if (activityWords.has(command) && word !== undefined && activityWords.has(next ?? "")) return ["activity", word, "--children", ...rest];
  if (streams.has(command) && word !== undefined && !word.startsWith("-")) return ["activity", word, command, ...words.slice(2)];
  return words;
}

/** Whether the scope at an index has a name and a command after it. */
function goesOn(words: readonly string[], at: number): boolean {
  const [name, next] = [words[at + 1], words[at + 2]];
  return name !== undefined && !name.startsWith("-") && !verbs.has(name) && next !== undefined && !next.startsWith("-");
}

function splitLeading(args: readonly string[]): [string[], string[]] {
  let at = 0;
  for (;;) {
    const word = args[at] ?? "";
    const takesValue = Object.hasOwn(leading, word) ? leading[word] : undefined;
    if (takesValue !== undefined) at += takesValue ? 2 : 1;
    else if (/^--(server|context|user|password|output)=/.test(word)) at++;
    else return [args.slice(0, at), args.slice(at)];
  }
}
