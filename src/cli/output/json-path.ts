import { CliError, exitCodes } from "../exit-codes.ts";

/**
 * The part of some data that a path names: `$`, `$.spec.name`, `$['main.uri']`, `$[0].id`, `$[*].name`; what Brooklyn's `br --json` takes.
 * With `*` it is a list of all that match; without, the value itself, undefined where there is none.
 * @throws CliError `usage` for a path that is not understood
 */
export function select(data: unknown, path: string): unknown {
  let found: unknown[] = [data];
  let isList = false;
  for (const step of stepsOf(path)) {
    if (step === ALL) isList = true;
    found = found.flatMap((value) => (step === ALL ? allIn(value) : oneIn(value, step)));
  }
  return isList ? found : found[0];
}

const ALL = Symbol("all");

function stepsOf(path: string): (string | number | typeof ALL)[] {
  const steps: (string | number | typeof ALL)[] = [];
  let rest = path.trim().replace(/^\$/, "");
  if (rest !== "" && !/^[.[]/.test(rest)) rest = `.${rest}`;
  while (rest !== "") {
    const match = /^\.(\*|[^.[\]]+)|^\[(\*|-?\d+|'[^']*'|"[^"]*")\]\+?/.exec(rest);
    const step = match?.[1] ?? match?.[2];
    if (match === null || step === undefined) throw new CliError(exitCodes.usage, `Cannot understand the path "${path}" at "${rest}"`, { remedy: "Write it as in $.spec.name, $['main.uri'], $[0].id or $[*].name" });
    steps.push(step === "*" ? ALL : match[2] !== undefined && /^-?\d+$/.test(step) ? Number(step) : step.replaceAll(/^['"]|['"]$/g, ""));
    rest = rest.slice(match[0].length);
  }
  return steps;
}

function allIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

function oneIn(value: unknown, step: string | number): unknown[] {
  if (Array.isArray(value)) {
    const at = Number(step);
    const found: unknown = Number.isInteger(at) ? value.at(at) : undefined;
    return found === undefined ? [] : [found];
  }
  if (typeof value !== "object" || value === null) return [];
  const found = Object.entries(value).find(([name]) => name === String(step));
  return found === undefined ? [] : [found[1]];
}
