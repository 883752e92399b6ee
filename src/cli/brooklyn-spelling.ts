/** Flags of Brooklyn's `launch` by ours; those without one of ours do no harm and are left out. */
const launchFlags: Readonly<Record<string, { name: string | undefined; takesValue: boolean }>> = {
  "--bindAddress": { name: "--bind", takesValue: true },
  "--localBrooklynProperties": { name: "--properties", takesValue: true },
  "--noGlobalBrooklynProperties": { name: "--no-global-properties", takesValue: false },
  "--persistenceDir": { name: "--data-dir", takesValue: true },
  "--locations": { name: "--location", takesValue: true },
  "--noConsoleSecurity": { name: undefined, takesValue: false },
  "--startupContinueOnWebErrors": { name: undefined, takesValue: false },
  "--startupFailOnPersistenceErrors": { name: undefined, takesValue: false },
  "--startupFailOnCatalogErrors": { name: undefined, takesValue: false },
  "--startupFailOnManagedAppsErrors": { name: undefined, takesValue: false },
  "--highAvailability": { name: undefined, takesValue: true },
  "--stopWhichAppsOnShutdown": { name: undefined, takesValue: true },
};

/** The arguments with Brooklyn's spellings replaced by ours. */
export function brooklynSpelling(args: readonly string[]): string[] {
  if (args[0] !== "launch") return [...args];
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

/** `--flag=value` taken apart. */
function splitFlag(arg: string): [string, string | undefined] {
  const at = arg.startsWith("--") ? arg.indexOf("=") : -1;
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}
