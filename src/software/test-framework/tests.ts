import { connect } from "node:net";
import { configKey } from "../../model/config-key.ts";
import { defineEntityType, type EntityType } from "../../model/entity-type.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { type HttpMethod, httpMethods, readHttp } from "../feed/http.ts";
import { machineOf } from "../process/provision.ts";
import { asVariables } from "../process/environment.ts";
import { siteOf } from "../process/site.ts";
import { violationOf } from "./assertions.ts";
import { ASSERTIONS, NAMESPACE, runs, targetOf, testBase, TIMEOUT, untilWell } from "./test-base.ts";

const own = { inherited: false } as const;

const SENSOR = configKey("sensor", types.sensorRef, "The sensor of the target that is tested", { ...own, constraints: ["required"] });

/** Brooklyn's `TestSensor`. */
export const testSensor = defineEntityType({
  name: `${NAMESPACE}.TestSensor`,
  displayName: "Test Sensor",
  description: "Tests a sensor of another entity: tries until its assertions hold",
  extends: [testBase],
  config: [SENSOR, ASSERTIONS],
  effectors: [
    runs(async ({ entity, work }) => {
      const target = await targetOf(entity, work);
      const name = (await entity.config.get(SENSOR, work)) ?? "";
      const assertions = await entity.config.get(ASSERTIONS, work);
      await untilWell(entity, work, async () => violationOf(`sensor ${name} of ${target.displayName}`, target.sensor(name)?.type.toJson(target.sensorValue(name)?.value) ?? target.sensorValue(name)?.value, assertions ?? { notNull: true }));
    }),
  ],
});

const EFFECTOR = configKey("effector", types.string, "The effector of the target that is invoked", { ...own, constraints: ["required"] });
const PARAMETERS = configKey("params", types.map(), "Its parameters", { ...own, defaultValue: {} });

/** Brooklyn's `TestEffector`. */
export const testEffector = defineEntityType({
  name: `${NAMESPACE}.TestEffector`,
  displayName: "Test Effector",
  description: "Invokes an effector of another entity and tests what it returns",
  extends: [testBase],
  config: [EFFECTOR, PARAMETERS, ASSERTIONS],
  effectors: [
    runs(async ({ entity, work }) => {
      const target = await targetOf(entity, work);
      const name = (await entity.config.get(EFFECTOR, work)) ?? "";
      const result = await target.invoke(name, await entity.config.get(PARAMETERS, work), work);
      const assertions = await entity.config.get(ASSERTIONS, work);
      const wrong = assertions === undefined ? undefined : violationOf(`the result of ${name}`, result, assertions);
      if (wrong !== undefined) throw new ClockerError("effector-failed", `Test "${entity.displayName}" failed: ${wrong}`);
    }),
  ],
});

const URL_KEY = configKey("url", types.string, "The address that is asked, from the management node", { ...own, constraints: ["required"] });
const METHOD = configKey<HttpMethod>("method", types.enumOf("java.lang.String", httpMethods), "The HTTP method", { ...own, defaultValue: "GET" });
const HEADERS = configKey("headers", types.map(types.string), "Headers of the request", { ...own, defaultValue: {} });
const BODY = configKey("body", types.string, "The body of the request", own);
const APPLIED_TO = configKey("applyAssertionTo", types.enumOf(`${NAMESPACE}.TestHttpCall$HttpAssertionTarget`, ["body", "status"]), "What of the answer is tested", { ...own, defaultValue: "body" });

/** Brooklyn's `TestHttpCall`. */
export const testHttpCall = defineEntityType({
  name: `${NAMESPACE}.TestHttpCall`,
  displayName: "Test HTTP Call",
  description: "Tests what an address answers: tries until its assertions hold",
  extends: [testBase],
  config: [URL_KEY, METHOD, HEADERS, BODY, APPLIED_TO, ASSERTIONS],
  effectors: [
    runs(async ({ entity, work }) => {
      const url = (await entity.config.get(URL_KEY, work)) ?? "";
      const [method, headers, body, part] = [await entity.config.get(METHOD, work), await entity.config.get(HEADERS, work), await entity.config.get(BODY, work), await entity.config.get(APPLIED_TO, work)];
      const assertions = (await entity.config.get(ASSERTIONS, work)) ?? (part === "status" ? { equals: 200 } : { notNull: true });
      await untilWell(entity, work, async (step) => {
        const answer = await readHttp({ url, method, headers, body, signal: step.signal });
        return violationOf(`the ${part} of ${url.replace(/\/\/[^/@]*@/, "//")}`, part === "status" ? answer.status : answer.body, assertions);
      });
    }),
  ],
});

const COMMAND = configKey("command", types.string, "The command that is run on the target's machine", own);
const DOWNLOAD = configKey("downloadUrl", types.string, "URL of a script to run instead", own);
const RUN_DIR_KEY = configKey("runDir", types.string, "Folder to run in", own);
const ENV = configKey("shell.env", types.map(), "Environment variables of the command", { ...own, flag: "env", defaultValue: {} });
const STATUS = configKey("assertStatus", types.json, "What the exit code must be; 0 when nothing is asserted", { ...own, aliases: ["assert.status"] });
const OUT = configKey("assertOut", types.json, "What standard output must be", { ...own, aliases: ["assert.out"] });
const ERR = configKey("assertErr", types.json, "What standard error must be", { ...own, aliases: ["assert.err"] });

/** Brooklyn's `TestSshCommand`, and `SimpleShellCommandTest` before it: on the machine however that is reached. */
export const testSshCommand = commandTest("TestSshCommand", "Test Command");
export const simpleShellCommandTest = commandTest("SimpleShellCommandTest", "Shell Command Test");

function commandTest(name: string, displayName: string): EntityType {
  return defineEntityType({
    name: `${NAMESPACE}.${name}`,
    displayName,
    description: "Tests a command on another entity's machine: tries until its assertions hold",
    extends: [testBase],
    config: [COMMAND, DOWNLOAD, RUN_DIR_KEY, ENV, STATUS, OUT, ERR],
    effectors: [
      runs(async ({ entity, work }) => {
        const target = await targetOf(entity, work);
        const url = await entity.config.get(DOWNLOAD, work);
        const script = (await entity.config.get(COMMAND, work)) ?? (url === undefined ? undefined : (await entity.management.resources.read(url, work)).toString("utf8"));
        if (script === undefined) throw new ClockerError("invalid-value", `Test "${entity.displayName}" needs a command`, { remedy: `Give "${COMMAND.name}" or "${DOWNLOAD.name}"` });
        const [status, out, err] = [await entity.config.get(STATUS, work), await entity.config.get(OUT, work), await entity.config.get(ERR, work)];
        const [env, folder, timeout] = [asVariables(await entity.config.get(ENV, work), `"${ENV.name}" of "${entity.displayName}"`), await entity.config.get(RUN_DIR_KEY, work), await entity.config.get(TIMEOUT, work)];
        await untilWell(entity, work, async (step) => {
          const location = machineOf(target);
          if (location === undefined) return `"${target.displayName}" has no machine`;
          const cwd = folder ?? siteOf(target, location)?.runDir;
          const result = await location.machine.run({ script }, { env, ...(cwd === undefined ? {} : { cwd }), timeout: Math.max(timeout, 1_000), signal: step.signal, onStdout: (chunk) => step.write("stdout", chunk), onStderr: (chunk) => step.write("stderr", chunk) });
          return violationOf("exit code", result.exitCode, status ?? (out === undefined && err === undefined ? { equals: 0 } : {})) ?? violationOf("stdout", result.stdout, out ?? {}) ?? violationOf("stderr", result.stderr, err ?? {});
        });
      }),
    ],
  });
}

const ENDPOINT = configKey("endpoint", types.string, "The address, as HOST:PORT or a URL", own);
const ENDPOINT_SENSOR = configKey("endpointSensor", types.sensorRef, "The target's sensor that has the address", own);
const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Brooklyn's `TestEndpointReachable`. */
export const testEndpointReachable = defineEntityType({
  name: `${NAMESPACE}.TestEndpointReachable`,
  displayName: "Test Endpoint",
  description: "Tests that a connection can be made to an address, from the management node",
  extends: [testBase],
  config: [ENDPOINT, ENDPOINT_SENSOR],
  effectors: [
    runs(async ({ entity, work }) => {
      const [endpoint, sensor] = [await entity.config.get(ENDPOINT, work), await entity.config.get(ENDPOINT_SENSOR, work)];
      if ((endpoint === undefined) === (sensor === undefined)) throw new ClockerError("invalid-value", `Test "${entity.displayName}" needs either "${ENDPOINT.name}" or "${ENDPOINT_SENSOR.name}"`);
      const target = sensor === undefined ? undefined : await targetOf(entity, work);
      await untilWell(entity, work, async (step) => {
        const text = endpoint ?? target?.sensorValue(sensor ?? "")?.value;
        if (text === undefined) return `sensor ${sensor} of ${target?.displayName} has no value`;
        return await whyUnreachable(String(text), step.signal);
      });
    }),
  ],
});

const CONNECT_TIMEOUT = 10_000;

async function whyUnreachable(endpoint: string, signal: AbortSignal): Promise<string | undefined> {
  const { hostname, port, protocol } = addressIn(endpoint);
  const number = port === "" ? defaultPorts[protocol] : Number(port);
  if (number === undefined || hostname === "") throw new ClockerError("invalid-value", `Cannot read the endpoint "${endpoint}": expected HOST:PORT`);
  return await new Promise<string | undefined>((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: number, signal });
    socket.setTimeout(CONNECT_TIMEOUT, () => socket.destroy(new Error(`no connection in ${CONNECT_TIMEOUT / 1_000} s`)));
    socket.once("connect", () => {
      resolve(undefined);
      socket.destroy();
    });
    socket.once("error", (error) => resolve(`"${endpoint}" cannot be reached: ${messageOf(error)}`));
  });
}

function addressIn(endpoint: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `tcp://${endpoint}`;
  if (!URL.canParse(text)) throw new ClockerError("invalid-value", `Cannot read the endpoint "${endpoint}": expected HOST:PORT`);
  return new URL(text);
}
