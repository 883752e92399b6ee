import type { InitializerConfig, InitializerType } from "../../model/adjunct.ts";
import { configKey, type ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { jsonPath } from "../../model/predicate/json-path.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import { parseStructuredText, types } from "../../model/types/index.ts";
import { CoercionError } from "../../model/value-type.ts";
import type { Work } from "../../model/work.ts";
import { type HttpMethod, httpMethods, readHttp } from "../feed/http.ts";
import { addEffector, effectorKeys } from "./effector-keys.ts";
import { declare, publish } from "./sensor-keys.ts";

const URI = configKey("uri", types.string, "The address to ask, from the management node", { constraints: ["required"] });
const VERB = configKey<HttpMethod>("httpVerb", types.enumOf("java.lang.String", httpMethods), "The HTTP method", { defaultValue: "GET" });
const USERNAME = configKey("httpUsername", types.string, "User for basic authentication");
const PASSWORD = configKey("httpPassword", types.secret, "Password for basic authentication", { secret: true });
const HEADERS = configKey("headers", types.map(types.string), "Headers of the request", { defaultValue: {} });
const PAYLOAD = configKey("httpPayload", types.json, "The body of the request: text as it is, maps and lists as JSON");
const JSON_PATH = configKey("jsonPath", types.string, "What of a JSON answer the effector returns: a path such as $.a.b[0]; the whole answer when not set");
const PATHS_AND_SENSORS = configKey("jsonPathAndSensors", types.map(types.string), "Paths of a JSON answer, each with the sensor that gets what lies there", { defaultValue: {} });
const PUBLISH = configKey("publishSensor", types.string, "The sensor that gets what lies at jsonPath");

/** What may be an expression, and may be given with the call as well. */
const perCall: readonly ConfigKey[] = [URI, VERB, USERNAME, PASSWORD, HEADERS, PAYLOAD, JSON_PATH, PATHS_AND_SENSORS, PUBLISH];

/** Brooklyn's `HttpCommandEffector`: an effector that makes an HTTP request, returns the answer or a part of it, and may put parts into sensors. */
export const httpEffector: InitializerType = {
  name: "org.apache.brooklyn.core.effector.http.HttpCommandEffector",
  displayName: "HTTP effector",
  description: "Adds an effector that makes an HTTP request and returns the answer, or a part of it",
  aliases: ["http-command-effector"],
  config: [...effectorKeys, ...perCall],
  apply: (entity, config) => {
    if (config.raw[URI.name] === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": HttpCommandEffector needs a uri`, { remedy: 'Give "uri" in its brooklyn.config' });
    addEffector(entity, config, "HttpCommandEffector", async ({ parameters, work }) => ask(entity, await requestOf(entity, config, parameters, work), work), "java.lang.String");
  },
};

interface HttpCommand {
  readonly url: string;
  readonly method: HttpMethod;
  readonly headers: Record<string, string>;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly body: string | undefined;
  readonly path: string | undefined;
  /** Path → sensor. */
  readonly sensors: ReadonlyMap<string, string>;
}

/** What the call says wins over what the blueprint says, as in Brooklyn. */
async function requestOf(entity: Entity, config: InitializerConfig, parameters: Readonly<Record<string, unknown>>, work: Work): Promise<HttpCommand> {
  const given = { ...config.raw, ...parameters };
  const resolved: unknown = await entity.management.resolve(Object.fromEntries(perCall.flatMap(({ name }) => (given[name] === undefined ? [] : [[name, given[name]]]))), entity, work);
  const get = <T>(key: ConfigKey<T>): T | undefined => valueOf(resolved, key);
  const payload = get(PAYLOAD);
  const isStructured = typeof payload === "object" && payload !== null;
  const path = get(JSON_PATH);
  const publish = get(PUBLISH);
  return {
    url: get(URI) ?? "",
    method: get(VERB) ?? "GET",
    headers: { ...(isStructured ? { "content-type": "application/json" } : {}), ...get(HEADERS) },
    username: get(USERNAME),
    password: get(PASSWORD),
    body: payload === undefined ? undefined : isStructured ? JSON.stringify(payload) : String(payload),
    path,
    sensors: new Map([...Object.entries(get(PATHS_AND_SENSORS) ?? {}), ...(path !== undefined && publish !== undefined ? [[path, publish] as const] : [])]),
  };
}

function valueOf<T>(values: unknown, key: ConfigKey<T>): T | undefined {
  const value = isRecord(values) ? values[key.name] : undefined;
  if (value === undefined || value === null) return key.defaultValue;
  try {
    return key.type.coerce(value);
  } catch (cause) {
    if (!(cause instanceof CoercionError)) throw cause;
    throw new ClockerError("invalid-value", `Cannot use "${key.name}" of an HTTP effector: it must be ${key.type.expected}`, { cause });
  }
}

async function ask(entity: Entity, { url, method, headers, username, password, body, path, sensors }: HttpCommand, work: Work): Promise<unknown> {
  const answer = await work.step(`${method} ${withoutUserInfo(url)}`, async (step) => {
    const read = await readHttp({ url, method, headers, username, password, body, signal: step.signal });
    step.log(`${read.status}, ${read.body.length} characters`);
    return read;
  });
  if (answer.status < 200 || answer.status > 299) throw new ClockerError("unreachable", `"${withoutUserInfo(url)}" answered ${answer.status}: ${answer.body.trim().slice(0, 500)}`, { details: { status: answer.status } });
  if (path === undefined && sensors.size === 0) return answer.body;
  const parsed = parseStructuredText(answer.body);
  for (const [from, sensor] of sensors) publish(entity, declare(entity, sensor, "string", `What "${withoutUserInfo(url)}" answered at ${from}`), textOf(at(parsed, from)));
  return path === undefined ? answer.body : textOf(at(parsed, path));
}

/** @throws ClockerError `not-found` */
function at(parsed: unknown, path: string): unknown {
  const found = jsonPath(path)(parsed);
  if (!found.isPresent) throw new ClockerError("not-found", `The answer has nothing at "${path}"`);
  return found.value;
}

/** As Brooklyn's `String.valueOf`, with JSON for what is more than a word. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function withoutUserInfo(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//");
}
