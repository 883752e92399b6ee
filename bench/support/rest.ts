import { setTimeout as sleep } from "node:timers/promises";

/** A task as far as benchmarks look at one. */
export interface Task {
  readonly id: string;
  readonly displayName: string;
  readonly entityId?: string;
  readonly currentStatus: string;
  readonly startTimeUtc?: number;
  readonly endTimeUtc?: number;
  readonly result?: unknown;
}

/** The server's API, as far as benchmarks use it. */
export class Rest {
  readonly url: string;
  readonly #signal: AbortSignal;

  constructor(url: string, signal: AbortSignal) {
    this.url = url;
    this.#signal = signal;
  }

  /** @throws Error with the answer's text when the status is not 2xx. */
  async json(method: "GET" | "POST" | "DELETE", path: string, body?: string): Promise<unknown> {
    const response = await fetch(new URL(path, this.url), {
      method,
      signal: this.#signal,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/yaml" }) },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }

  /** Deploys a blueprint and waits until it runs. */
  async deploy(blueprint: string): Promise<{ applicationId: string; task: Task; ms: number }> {
    const startedAt = Date.now();
    const task = await this.ended(await this.submit(blueprint));
    const applicationId = task.entityId ?? "";
    // The server's clock is this computer's: no poll of ours is in the figure.
    return { applicationId, task, ms: (task.endTimeUtc ?? Date.now()) - startedAt };
  }

  /** Deploys a blueprint and gives the task that starts it. */
  async submit(blueprint: string): Promise<Task> {
    return taskOf(await this.json("POST", "/v1/applications", blueprint));
  }

  async remove(applicationId: string): Promise<void> {
    await this.ended(taskOf(await this.json("DELETE", `/v1/applications/${applicationId}`)));
  }

  /** Waits for the end of a task. @throws Error when it failed. */
  async ended(task: Task): Promise<Task> {
    let current = task;
    while (current.endTimeUtc === undefined) {
      await sleep(5, undefined, { signal: this.#signal });
      current = taskOf(await this.json("GET", `/v1/activities/${task.id}?timeout=20s`));
    }
    if (current.currentStatus !== "Completed") throw new Error(`"${current.displayName}" ${current.currentStatus.toLowerCase()}: ${String(current.result)}`);
    return current;
  }

  /** All tasks below one. */
  async below(task: Task): Promise<Task[]> {
    const below = await this.json("GET", `/v1/activities/${task.id}/children/recurse?limit=2000`);
    return Object.values(record(below)).map(taskOf);
  }

  async sensors(applicationId: string, entityId: string): Promise<Readonly<Record<string, unknown>>> {
    return record(await this.json("GET", `/v1/applications/${applicationId}/entities/${entityId}/sensors/current-state?raw=true`));
  }

  /** The entities of an application, parents first, by type name. */
  async descendants(applicationId: string): Promise<{ id: string; type: string }[]> {
    const answer = await this.json("GET", `/v1/applications/${applicationId}/descendants`);
    if (!Array.isArray(answer)) throw new Error("The server did not answer a list of entities");
    return answer.map((each: unknown) => ({ id: String(record(each)["id"]), type: String(record(each)["type"]) }));
  }
}

function taskOf(answer: unknown): Task {
  const { id, displayName, entityId, currentStatus, startTimeUtc, endTimeUtc, result } = record(answer);
  return {
    id: String(id),
    displayName: String(displayName),
    currentStatus: String(currentStatus),
    result,
    ...(typeof entityId === "string" ? { entityId } : {}),
    ...(typeof endTimeUtc === "number" ? { endTimeUtc } : {}),
    ...(typeof startTimeUtc === "number" ? { startTimeUtc } : {}),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new Error(`The server did not answer an object: ${String(value)}`);
  return Object.fromEntries(Object.entries(value));
}
