import { z } from "zod";
import { EntityDetail, EntitySummary } from "../../src/api/shapes/entity-summary.ts";
import { TaskSummary } from "../../src/api/shapes/task-summary.ts";
import { until } from "./until.ts";

/** A request that the server refused. */
export class Refusal extends Error {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.data = data;
  }
}

interface Request {
  readonly method?: "GET" | "POST" | "DELETE" | "PUT";
  readonly body?: string;
  readonly type?: string;
}

export interface Deployed {
  readonly id: string;
  readonly taskId: string;
}

const Failure = z.object({ message: z.string(), data: z.record(z.string(), z.unknown()).optional() });
const Values = z.record(z.string(), z.unknown());

/** Milliseconds that things may take on a busy computer. */
export const SOON = 30_000;
export const LATE = 300_000;

/** A server's HTTP API, as tests use it. */
export class ClockerApi {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async text(path: string, { method = "GET", body, type = "application/json" }: Request = {}): Promise<string> {
    const init = body === undefined ? {} : { body, headers: { "content-type": type } };
    const response = await fetch(new URL(path, this.url), { method, signal: AbortSignal.timeout(LATE), ...init });
    const text = await response.text();
    if (response.ok) return text;
    const failure = Failure.safeParse(jsonOrText(text));
    throw failure.success ? new Refusal(response.status, failure.data.message, failure.data.data) : new Refusal(response.status, text);
  }

  async json<T>(shape: z.ZodType<T>, path: string, request: Request = {}): Promise<T> {
    return shape.parse(jsonOrText(await this.text(path, request)));
  }

  /** Deploys without waiting. */
  async deploy(blueprint: string): Promise<Deployed> {
    const task = await this.json(TaskSummary, "/v1/applications", { method: "POST", body: blueprint, type: "text/yaml" });
    return { id: task.entityId ?? "", taskId: task.id };
  }

  /** Deploys, and waits until it runs. */
  async run(blueprint: string, bound = LATE): Promise<Deployed> {
    const deployed = await this.deploy(blueprint);
    await this.completed(deployed.taskId, bound);
    return deployed;
  }

  /** Removes an application, and waits until it is gone. */
  async remove(id: string, bound = LATE): Promise<TaskSummary> {
    const task = await this.json(TaskSummary, `/v1/applications/${id}`, { method: "DELETE" });
    return this.completed(task.id, bound);
  }

  task(id: string): Promise<TaskSummary> {
    return this.json(TaskSummary, `/v1/activities/${id}`);
  }

  /** Waits for a task's end, whatever it is. */
  async ended(id: string, bound = LATE): Promise<TaskSummary> {
    const deadline = Date.now() + bound;
    for (;;) {
      const task = await this.json(TaskSummary, `/v1/activities/${id}?timeout=10s`);
      if (task.endTimeUtc !== undefined) return task;
      if (Date.now() > deadline) throw new Error(`"${task.displayName}" has not ended within ${bound} ms:\n${await this.steps(id)}`);
    }
  }

  async completed(id: string, bound = LATE): Promise<TaskSummary> {
    const task = await this.ended(id, bound);
    if (task.currentStatus !== "Completed") throw new Error(`"${task.displayName}" ended as ${task.currentStatus}: ${String(task.result)}\n${await this.steps(id)}`);
    return task;
  }

  /** All tasks below a task. */
  async below(id: string): Promise<TaskSummary[]> {
    return Object.values(await this.json(z.record(z.string(), TaskSummary), `/v1/activities/${id}/children/recurse?limit=500`));
  }

  /** Tasks of an entity that no other task began. */
  tasksOf(application: string, entity: string): Promise<TaskSummary[]> {
    return this.json(z.array(TaskSummary), `${at(application, entity)}/activities`);
  }

  stream(taskId: string, name: string): Promise<string> {
    return this.text(`/v1/activities/${taskId}/stream/${name}`);
  }

  /** Starts an effector. */
  async start(application: string, entity: string, effector: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<TaskSummary> {
    return this.json(TaskSummary, `${at(application, entity)}/effectors/${effector}?timeout=0`, { method: "POST", body: JSON.stringify(parameters) });
  }

  /** Invokes an effector and gives its ended task. */
  async invoke(application: string, entity: string, effector: string, parameters: Readonly<Record<string, unknown>> = {}, bound = LATE): Promise<TaskSummary> {
    return this.completed((await this.start(application, entity, effector, parameters)).id, bound);
  }

  /** Invokes an effector that is to fail, and gives its ended task. */
  async invokeInVain(application: string, entity: string, effector: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<TaskSummary> {
    const task = await this.ended((await this.start(application, entity, effector, parameters)).id);
    if (!task.isError) throw new Error(`"${task.displayName}" was to fail, but is ${task.currentStatus}`);
    return task;
  }

  /** The application with all its entities, parents first. */
  entities(application: string): Promise<EntitySummary[]> {
    return this.json(z.array(EntitySummary), `/v1/applications/${application}/descendants`);
  }

  /** The entities of a type, by the end of its name: `DockerHost`. */
  async ofType(application: string, simpleName: string): Promise<EntitySummary[]> {
    return (await this.entities(application)).filter(({ type }) => type.split(".").at(-1) === simpleName);
  }

  /** The only entity of a type. */
  async theOnly(application: string, simpleName: string): Promise<EntitySummary> {
    const [only, ...others] = await this.ofType(application, simpleName);
    if (only === undefined || others.length > 0) throw new Error(`Expected one ${simpleName}, found ${others.length + (only === undefined ? 0 : 1)}`);
    return only;
  }

  async tree(application: string): Promise<EntityDetail> {
    const all = await this.json(z.array(EntityDetail), "/v1/applications/fetch");
    const found = all.find(({ id }) => id === application);
    if (found === undefined) throw new Error(`There is no application ${application}`);
    return found;
  }

  sensors(application: string, entity: string): Promise<Record<string, unknown>> {
    return this.json(Values, `${at(application, entity)}/sensors/current-state`);
  }

  async sensor(application: string, entity: string, name: string): Promise<unknown> {
    return (await this.sensors(application, entity))[name];
  }

  /** Waits until a sensor's value is as wanted, and gives it. */
  async sensorBecomes(application: string, entity: string, name: string, accepts: (value: unknown) => boolean, bound = SOON): Promise<unknown> {
    let value: unknown;
    await until(
      async () => accepts((value = await this.sensor(application, entity, name))),
      () => `sensor ${name} of ${entity} is ${JSON.stringify(value)}`,
      bound,
    );
    return value;
  }

  async stateBecomes(application: string, entity: string, state: string, bound = SOON): Promise<void> {
    await this.sensorBecomes(application, entity, "service.state", (value) => value === state, bound);
  }

  /** Names of the locations that blueprints can use. */
  async locations(): Promise<string[]> {
    const found = await this.json(z.array(z.object({ name: z.string() })), "/v1/locations");
    return found.map(({ name }) => name);
  }

  applications(): Promise<{ id: string; status: string; spec: { name: string } }[]> {
    return this.json(z.array(z.object({ id: z.string(), status: z.string(), spec: z.object({ name: z.string() }) })), "/v1/applications");
  }

  async planeId(): Promise<string> {
    return (await this.json(z.object({ planeId: z.string() }), "/v1/server/ha/states")).planeId;
  }

  /** What a task has come to, step by step, for messages. */
  async steps(id: string): Promise<string> {
    const tasks = await this.below(id);
    return tasks
      .sort((a, b) => (a.submitTimeUtc ?? 0) - (b.submitTimeUtc ?? 0))
      .map(({ displayName, currentStatus, entityDisplayName, blockingDetails }) => `  ${currentStatus}: ${displayName} (${entityDisplayName ?? ""}) ${blockingDetails ?? ""}`)
      .join("\n");
  }
}

function at(application: string, entity: string): string {
  return `/v1/applications/${encodeURIComponent(application)}/entities/${encodeURIComponent(entity)}`;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
