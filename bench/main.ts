import { messageOf } from "../src/model/errors.ts";
import { application } from "./application.ts";
import type { Benchmark } from "./benchmark.ts";
import { blueprint } from "./blueprint.ts";
import { cloud } from "./cloud.ts";
import { containers } from "./containers.ts";
import { launch } from "./launch.ts";
import { plan } from "./plan.ts";
import { rest } from "./rest.ts";
import { restart } from "./restart.ts";
import { scale } from "./scale.ts";
import { sensors } from "./sensors.ts";
import { Bench } from "./support/bench.ts";
import { figuresTable, type Outcome } from "./support/show-figures.ts";

/**
 * `npm run bench [-- [--json] [NAME...]]`: runs the benchmarks and prints their figures. Nothing passes or fails by a figure; the exit code is 1 only
 * when a benchmark could not be measured. What it starts it ends.
 */
const benchmarks: readonly Benchmark[] = [launch, restart, blueprint, plan, scale, rest, sensors, cloud, application, containers];

/** Milliseconds for a whole run. The first run on a computer also builds the machine image, which takes minutes. */
const RUN_LIMIT = 15 * 60_000;

async function main(args: readonly string[]): Promise<number> {
  const asJson = args.includes("--json");
  const names = args.filter((arg) => arg !== "--json");
  const known = benchmarks.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`bench: Unknown benchmark "${unknown}": there are ${known.join(", ")}\n`);
    return 2;
  }
  const outcomes = await measureAll(names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name)));
  console.log(asJson ? JSON.stringify(outcomes) : figuresTable(outcomes));
  return outcomes.every(({ error }) => error === undefined) ? 0 : 1;
}

async function measureAll(chosen: readonly Benchmark[]): Promise<Outcome[]> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort(new Error(`interrupted by ${signal}`)));
  const bench = new Bench(AbortSignal.any([stopping.signal, AbortSignal.timeout(RUN_LIMIT)]));
  const outcomes: Outcome[] = [];
  try {
    for (const benchmark of chosen) outcomes.push(await measure(benchmark, bench));
  } finally {
    for (const problem of await bench.end()) bench.say(problem);
  }
  return outcomes;
}

async function measure(benchmark: Benchmark, bench: Bench): Promise<Outcome> {
  const { name, title } = benchmark;
  bench.say(title);
  try {
    return { benchmark: name, title, figures: await benchmark.measure(bench) };
  } catch (error) {
    return { benchmark: name, title, figures: [], error: messageOf(error) };
  }
}

process.exitCode = await main(process.argv.slice(2));
