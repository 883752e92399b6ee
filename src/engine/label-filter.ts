/** The engine's `filters` parameter for labels: a value of undefined matches any value. */
export function labelFilter(labels: Readonly<Record<string, string | undefined>> | undefined): string | undefined {
  const entries = Object.entries(labels ?? {});
  if (entries.length === 0) return undefined;
  return JSON.stringify({ label: entries.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)) });
}

/** The same test in memory. */
export function matchesLabels(actual: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string | undefined>> | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([name, value]) => actual[name] !== undefined && (value === undefined || actual[name] === value));
}
