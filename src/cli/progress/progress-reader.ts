import { z } from "zod";
import { links } from "../../api/shapes/links.ts";
import { TaskSummary } from "../../api/shapes/task-summary.ts";
import type { Client } from "../client/client.ts";
import { type EntityNames, type Step, stepOf } from "./steps.ts";

export interface Progress {
  readonly task: TaskSummary;
  /** The task and all below it, and the tasks of others that these wait for. */
  readonly steps: readonly Step[];
}

/** Sub-tasks read at once. */
const LIMIT = 5_000;
/** Recent tasks among which the awaited ones are looked for. */
const RECENT = 100;

/** Reads a task and all below it, again and again. */
export class ProgressReader {
  readonly #client: Client;
  readonly #taskId: string;
  readonly #names: EntityNames;
  /** Tasks of others that a step waits for (an image that is built once for all), and the step. */
  readonly #awaited = new Map<string, string>();

  constructor(client: Client, taskId: string, names: EntityNames = new Map()) {
    this.#client = client;
    this.#taskId = taskId;
    this.#names = names;
  }

  async read(): Promise<Progress> {
    const below = await this.#below(this.#taskId);
    // Read last, so that an ended task's steps have all ended.
    const task = await this.#client.json(TaskSummary, links.activity(this.#taskId));
    const own = [task, ...below].map((each) => stepOf(each, this.#names));
    await this.#findAwaited(own);
    return { task, steps: [...own, ...(await this.#awaitedSteps())] };
  }

  async #below(taskId: string): Promise<TaskSummary[]> {
    return Object.values(await this.#client.json(z.record(z.string(), TaskSummary), `${links.activity(taskId)}/children/recurse`, { query: { limit: LIMIT } }));
  }

  /** What a step waits for is told as text that begins with the task's name. */
  async #findAwaited(own: readonly Step[]): Promise<void> {
    const waiting = own.filter((step) => step.state === "running" && step.waitingFor !== undefined);
    if (waiting.length === 0) return;
    const ids = new Set(own.map((step) => step.id));
    const recent = await this.#client.json(z.array(TaskSummary), "/v1/activities", { query: { limit: RECENT } });
    for (const other of recent) {
      if (ids.has(other.id) || other.endTimeUtc !== undefined || this.#awaited.has(other.id)) continue;
      const step = waiting.find(({ waitingFor }) => waitingFor?.startsWith(other.displayName));
      if (step !== undefined) this.#awaited.set(other.id, step.id);
    }
  }

  async #awaitedSteps(): Promise<Step[]> {
    const trees = [...this.#awaited].map(async ([id, stepId]) => {
      const below = await this.#below(id);
      const task = await this.#client.json(TaskSummary, links.activity(id));
      return [stepOf(task, this.#names, stepId), ...below.map((each) => stepOf(each, this.#names))];
    });
    return (await Promise.all(trees)).flat();
  }
}
