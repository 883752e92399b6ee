import type { InitializerConfig, InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { jsonPath } from "../../model/predicate/json-path.ts";
import { parseStructuredText, types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import { readHttp } from "../feed/http.ts";
import { wholeText } from "../feed/output.ts";
import { pollSensor } from "./poll-sensor.ts";
import { declareSensor, pollKeys, resolved, sensorKeys } from "./sensor-keys.ts";

const URI = configKey("uri", types.string, "The address to get, from the management node", { constraints: ["required"] });
const JSON_PATH = configKey("jsonPath", types.string, "What of a JSON answer is the value: a path such as $.a.b[0]", { defaultValue: "$" });
const USERNAME = configKey("username", types.string, "User for basic authentication");
const PASSWORD = configKey("password", types.secret, "Password for basic authentication", { secret: true });
const HEADERS = configKey("headers", types.map(types.string), "Headers of the request", { defaultValue: {} });
const PREEMPTIVE = configKey("preemptiveBasicAuth", types.boolean, "Accepted: credentials are always sent at once", { defaultValue: false });

/** Brooklyn's `HttpRequestSensor`: a sensor from the answer to an HTTP request. */
export const httpSensor: InitializerType = {
  name: "org.apache.brooklyn.core.sensor.http.HttpRequestSensor",
  displayName: "HTTP sensor",
  description: "Adds a sensor whose value is what an address answers, or a part of it",
  aliases: ["brooklyn.entity.software.http.HttpRequestSensor", "http-request-sensor"],
  config: [...sensorKeys, ...pollKeys, URI, JSON_PATH, USERNAME, PASSWORD, HEADERS, PREEMPTIVE],
  apply: (entity, config) => {
    const target = declareSensor(entity, config, "HttpRequestSensor");
    if (config.raw[URI.name] === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": HttpRequestSensor needs a uri`, { remedy: 'Give "uri" in its brooklyn.config' });
    pollSensor({ entity, config, target, needsMachine: false, read: (work) => valueAt(entity, config, work) });
  },
};

async function valueAt(entity: Entity, config: InitializerConfig, work: Work): Promise<unknown> {
  const url = (await resolved(entity, config, URI, work)) ?? "";
  const { status, body } = await readHttp({
    url,
    headers: (await resolved(entity, config, HEADERS, work)) ?? {},
    username: await resolved(entity, config, USERNAME, work),
    password: await resolved(entity, config, PASSWORD, work),
    signal: work.signal,
  });
  work.log(`${status}, ${body.length} characters`);
  if (status < 200 || status > 299) throw new ClockerError("unreachable", `Cannot read "${url}": it answered ${status}`);
  const path = config.get(JSON_PATH);
  const parsed = parseStructuredText(body);
  if (path === "$" || path === "") return wholeText(body);
  const found = jsonPath(path)(parsed);
  return found.isPresent ? found.value : undefined;
}
