import type { Engine } from "../src/engine/engine.ts";
import type { Benchmark } from "./benchmark.ts";
import type { Bench } from "./support/bench.ts";
import { benchCloud, CLOUD } from "./support/bench-cloud.ts";
import type { Rest } from "./support/rest.ts";
import { median, rounds } from "./support/statistics.ts";

const CONTAINERS = 20;
const ROUNDS = 5;
const LABEL = "clocker.bench";

/** What containers run that have nothing else to run: the same as Clocker's own. */
const KEEP_RUNNING = ["/bin/sh", "-c", "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done"];

/** 20 containers through Clocker, and the same 20 straight through the API of the same engine, all at once in both cases; the rounds alternate. */
export const containers: Benchmark = {
  name: "containers",
  title: `What Clocker adds to ${CONTAINERS} containers`,
  measure: async (bench) => {
    const { rest, engine } = await benchCloud(bench);
    const image = await warmUp(rest, engine);
    const clocker: Sample[] = [];
    const straight: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 2 === 0) straight.push(await throughEngine(engine, image, bench));
      clocker.push(await throughClocker(rest));
      if (round % 2 === 1) straight.push(await throughEngine(engine, image, bench));
    }
    const obtained = clocker.map((each) => each.obtained);
    const running = clocker.map((each) => each.running);
    const asked = clocker.map((each) => each.asked);
    const engineOnly = { what: "straight through the engine", value: median(straight) };
    return [
      { what: `${CONTAINERS} containers through Clocker`, value: median(obtained), unit: "ms", peer: engineOnly, note: `median of ${rounds(obtained)}; straight ${rounds(straight)}` },
      { what: "as a ratio", value: median(obtained.map((ms, round) => ms / (straight[round] ?? Number.NaN))), unit: "ratio", peer: engineOnly, note: "median of the rounds; placed, recorded durably, created, started" },
      { what: "until the engine was asked for all of them", value: median(asked), unit: "ms", note: `median of ${rounds(asked)}; read, made, placed, recorded durably` },
      { what: "until the application runs", value: median(running), unit: "ms", peer: engineOnly, note: "with a command run in each" },
    ];
  },
};

/** One container, so that the image is on the host; gives the image. */
async function warmUp(rest: Rest, engine: Engine): Promise<string> {
  const { applicationId } = await rest.deploy(blueprint(1));
  const [container] = await engine.listContainers({ labels: { "clocker.owner": undefined } });
  await rest.remove(applicationId);
  if (container === undefined) throw new Error("The container of the warm-up is not on the host");
  return container.image;
}

/** Milliseconds from the request until the engine was asked for the last container, until the last machine was obtained, and until the application ran. */
interface Sample {
  readonly asked: number;
  readonly obtained: number;
  readonly running: number;
}

async function throughClocker(rest: Rest): Promise<Sample> {
  const startedAt = Date.now();
  const { applicationId, task, ms } = await rest.deploy(blueprint(CONTAINERS));
  const tasks = await rest.below(task);
  const provisioned = tasks.filter(({ displayName }) => displayName.startsWith("provisioning ("));
  const started = tasks.filter(({ displayName }) => displayName === "create and start container");
  await rest.remove(applicationId);
  if (provisioned.length !== CONTAINERS) throw new Error(`${provisioned.length} containers were obtained instead of ${CONTAINERS}`);
  const latest = (times: readonly (number | undefined)[]) => Math.max(...times.map((time) => time ?? Number.NaN)) - startedAt;
  return { asked: latest(started.map(({ startTimeUtc }) => startTimeUtc)), obtained: latest(provisioned.map(({ endTimeUtc }) => endTimeUtc)), running: ms };
}

async function throughEngine(engine: Engine, image: string, bench: Bench): Promise<number> {
  const numbers = Array.from({ length: CONTAINERS }, (_, number) => number);
  const startedAt = performance.now();
  try {
    await Promise.all(
      numbers.map(async (number) => {
        const id = await engine.createContainer({ name: `bench-${number}`, image, command: KEEP_RUNNING, labels: { [LABEL]: "" }, env: { NUMBER: String(number) } }, bench.signal);
        await engine.startContainer(id, bench.signal);
      }),
    );
    return performance.now() - startedAt;
  } finally {
    const made = await engine.listContainers({ labels: { [LABEL]: undefined } });
    await Promise.all(made.map(({ id }) => engine.removeContainer(id)));
  }
}

function blueprint(count: number): string {
  const service = "- type: org.apache.brooklyn.entity.software.base.EmptySoftwareProcess\n";
  return `name: ${count} containers\nlocation: ${CLOUD}\nservices:\n${service.repeat(count)}`;
}
