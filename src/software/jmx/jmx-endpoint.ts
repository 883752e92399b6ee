import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Client } from "undici";
import { asSocket } from "../../engine/as-socket.ts";
import { configKey, type ConfigKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import type { Work } from "../../model/work.ts";
import type { Machine } from "../../machine/machine.ts";
import { readHttp } from "../feed/http.ts";
import { configOf } from "../process/template-model.ts";
import { machineOf } from "../process/provision.ts";
import type { JmxReader } from "./jmx-reader.ts";
import { type AskHttp, jolokiaReader } from "./jolokia.ts";
import { tomcatProxyReader } from "./tomcat-proxy.ts";

/** Clocker's own: MBeans are read over HTTP, as JMX's own protocol is spoken by JVMs only. */
export const JMX_HTTP_URL = configKey("jmx.http.url", types.string, "Where the JVM offers its MBeans over HTTP, as the management server reaches it: a Jolokia agent, or the JMX proxy of Tomcat's manager", { flag: "jmxHttpUrl" });
export const JMX_HTTP_PORT = sensor("jmx.http.port", types.integer, "Port of a Jolokia agent on the loopback interface of the entity's machine");
const USER = "jmx.user";
const PASSWORD = "jmx.password";

const TIMEOUT = 20_000;
const LONGEST_ANSWER = 1_000_000;

/**
 * The MBeans of an entity's JVM: at its `jmx.http.url`, else at the port of its machine's loopback interface that its sensor `jmx.http.port` names,
 * through the connection that the machine has; with `jmx.user` and `jmx.password`, of config or sensors.
 * @throws ClockerError `unreachable` when neither is there
 */
export async function jmxReaderOf(entity: Entity, ownUrl: string | undefined, work: Work): Promise<JmxReader> {
  const url = ownUrl ?? (await textOf(entity, JMX_HTTP_URL, work));
  const authorization = basic(await textOf(entity, USER, work), await textOf(entity, PASSWORD, work));
  const name = `"${entity.displayName}"`;
  if (url !== undefined) {
    const ask: AskHttp = ({ method, query, body }, step) => readHttp({ url: query === undefined ? url : `${url}?${query}`, method, body, headers: { ...authorization, ...(body === undefined ? {} : JSON_BODY) }, signal: step.signal });
    return /\/jmxproxy\/?$/.test(url) ? tomcatProxyReader(ask, name) : jolokiaReader(ask, name);
  }
  const port = entity.get(JMX_HTTP_PORT);
  const machine = machineOf(entity)?.machine;
  if (port === undefined || machine === undefined) {
    throw new ClockerError("unreachable", `Cannot read MBeans of ${name}: it has neither "${JMX_HTTP_URL.name}" nor a Jolokia agent on its machine`, {
      remedy: `Run its JVM with the Jolokia agent, and set ${JMX_HTTP_URL.name} to the agent's address`,
    });
  }
  return jolokiaReader(({ method, body }, step) => askThroughMachine(machine, port, { method, body, headers: { ...authorization, ...JSON_BODY } }, step), name);
}

const JSON_BODY = { "content-type": "application/json" };

/** One request on a connection of its own to a port of the machine's loopback interface. */
async function askThroughMachine(machine: Machine, port: number, request: { method: "GET" | "POST"; body: string | undefined; headers: Record<string, string> }, work: Work): Promise<{ status: number; body: string }> {
  const signal = AbortSignal.any([work.signal, AbortSignal.timeout(TIMEOUT)]);
  const client = new Client(`http://127.0.0.1:${port}`, {
    connect: (_options, done) => {
      machine.forward({ host: "127.0.0.1", port }, { signal }).then(
        // undici asks for a net.Socket, and uses what every duplex has and what asSocket adds.
        (stream) => done(null, asSocket(stream) as Duplex as Socket),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
      );
    },
  });
  try {
    const answer = await client.request({ path: "/jolokia/", method: request.method, body: request.body ?? null, headers: request.headers, signal });
    let body = "";
    answer.body.setEncoding("utf8");
    for await (const chunk of answer.body) {
      body += String(chunk);
      if (body.length > LONGEST_ANSWER) throw new Error(`the answer is longer than ${LONGEST_ANSWER} characters`);
    }
    return { status: answer.statusCode, body };
  } catch (cause) {
    work.signal.throwIfAborted();
    throw new ClockerError("unreachable", `Cannot reach the Jolokia agent on port ${port} of "${machine.name}": ${messageOf(cause)}`, { cause });
  } finally {
    await client.destroy();
  }
}

function basic(user: string | undefined, password: string | undefined): Record<string, string> {
  return user === undefined ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}` };
}

/** Config, else a sensor of that name. */
async function textOf(entity: Entity, key: string | ConfigKey<string>, work: Work): Promise<string | undefined> {
  const name = typeof key === "string" ? key : key.name;
  const configured = typeof key === "string" ? await configOf(entity, key, work) : await entity.config.get(key, work);
  const value = configured ?? entity.sensorValue(name)?.value;
  return typeof value === "string" && value !== "" ? value : undefined;
}
