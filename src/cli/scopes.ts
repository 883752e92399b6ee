const applicationWords: ReadonlySet<string> = new Set(["app", "application", "a"]);
const entityWords: ReadonlySet<string> = new Set(["entity", "ent", "e"]);
const verbs: ReadonlySet<string> = new Set(["list", "ls", "show"]);

/** Flags that may stand before the command, with their values. */
const leading: ReadonlySet<string> = new Set(["--server", "--user", "--password", "-o", "--output"]);

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
  const [command, ...rest] = words.slice(at);
  return command === undefined ? [...flags, ...scope] : [command, ...scope, ...flags, ...rest];
}

/** Whether the scope at an index has a name and a command after it. */
function goesOn(words: readonly string[], at: number): boolean {
  const [name, next] = [words[at + 1], words[at + 2]];
  return name !== undefined && !name.startsWith("-") && !verbs.has(name) && next !== undefined && !next.startsWith("-");
}

function splitLeading(args: readonly string[]): [string[], string[]] {
  let at = 0;
  while (leading.has(args[at] ?? "")) at += 2;
  return [args.slice(0, at), args.slice(at)];
}
