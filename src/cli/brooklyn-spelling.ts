/** Flags of Brooklyn's `launch` by ours; those without one of ours do no harm and are left out. */
const launchFlags: Readonly<Record<string, { name: string | undefined; takesValue: boolean }>> = {
  "--bindAddress": { name: "--bind", takesValue: true },
  "--localBrooklynProperties": { name: "--properties", takesValue: true },
  "--noGlobalBrooklynProperties": { name: "--no-global-properties", takesValue: false },
  "--persistenceDir": { name: "--data-dir", takesValue: true },
  "--locations": { name: "--location", takesValue: true },
  "--catalogInitial": { name: "--catalog-initial", takesValue: true },
  "--catalogAdd": { name: "--catalog-add", takesValue: true },
  "--catalogReset": { name: "--catalog-reset", takesValue: false },
  "--noConsoleSecurity": { name: undefined, takesValue: false },
  "--startupContinueOnWebErrors": { name: undefined, takesValue: false },
  "--startupFailOnPersistenceErrors": { name: undefined, takesValue: false },
  "--startupFailOnCatalogErrors": { name: "--fail-on-catalog-errors", takesValue: false },
  "--startupFailOnManagedAppsErrors": { name: undefined, takesValue: false },
  "--highAvailability": { name: undefined, takesValue: true },
  "--stopWhichAppsOnShutdown": { name: undefined, takesValue: true },
};

/** Flags that Brooklyn's `br` takes before the command, with how they become ours after it. */
const globalFlags: Readonly<Record<string, (value: string) => readonly string[]>> = {
  "--json": (path) => ["-o", `json=${path}`],
  "-j": (path) => ["-o", `json=${path}`],
};

/** What `list KIND` lists. */
const lists: Readonly<Record<string, readonly string[]>> = {
  application: ["app", "list"],
  entity: ["entity", "list"],
  sensor: ["sensor", "list"],
  effector: ["effector", "list"],
  policy: ["policy", "list"],
  config: ["config", "list"],
  activity: ["activity", "list"],
  location: ["location", "list"],
  catalog: ["catalog", "list"],
};

/** The arguments with Brooklyn's spellings replaced by ours: those of its server's `launch`, and of its client `br`. */
export function brooklynSpelling(args: readonly string[]): string[] {
  return args[0] === "launch" ? launchSpelling(args) : clientSpelling(args);
}

/** The kinds that `list` knows. */
export function listKinds(): string[] {
  return Object.keys(lists);
}

/** What lists a kind, by its name, its plural or the beginning of it; undefined for an unknown one. */
export function listCommand(kind: string): readonly string[] | undefined {
  const wanted = kind.toLowerCase();
  const name = wanted === "" ? undefined : Object.keys(lists).find((each) => [each, `${each}s`, each.replace(/y$/, "ies")].some((form) => form.startsWith(wanted) || form.startsWith(wanted.replace(/s$/, ""))));
  return name === undefined ? undefined : lists[name];
}

function launchSpelling(args: readonly string[]): string[] {
  const spelled: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [flag, value] = splitFlag(args[i] ?? "");
    const known = Object.hasOwn(launchFlags, flag) ? launchFlags[flag] : undefined;
    if (known === undefined) {
      spelled.push(args[i] ?? "");
      continue;
    }
    const given = known.takesValue ? (value ?? args[++i]) : undefined;
    if (known.name !== undefined) spelled.push(known.name, ...(given === undefined ? [] : [given]));
  }
  return spelled;
}

/** `br --json '$.id' --raw-output app X` is `-o jsonpath=$.id app X`; flags that our own client does not need are dropped. */
function clientSpelling(args: readonly string[]): string[] {
  const ours: string[] = [];
  let isRaw = false;
  let at = 0;
  for (; at < args.length; at++) {
    const [flag, beside] = splitFlag(args[at] ?? "");
    if (flag === "--raw-output" || flag === "--raw" || flag === "-r") isRaw = true;
    else if (flag === "--skipSslChecks") ours.push("--insecure");
    else if (Object.hasOwn(globalFlags, flag)) ours.push(...(globalFlags[flag]?.(beside ?? args[++at] ?? "$") ?? []));
    else break;
  }
  const flags = isRaw ? ours.map((word) => word.replace(/^json=/, "jsonpath=")) : ours;
  return [...flags, ...args.slice(at)];
}

/** `--flag=value` taken apart. */
function splitFlag(arg: string): [string, string | undefined] {
  const at = arg.startsWith("--") ? arg.indexOf("=") : -1;
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}
