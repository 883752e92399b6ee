import { readFile } from "node:fs/promises";
import { z } from "zod";
import { links, segment } from "../../api/shapes/links.ts";
import type { Server } from "../../management/server.ts";
import { ensureEngine } from "../../provider/local/ensure-engine.ts";
import type { Client } from "../client/client.ts";
import { deployText } from "../client/deploy-text.ts";
import type { Io } from "../io.ts";
import { seconds } from "../output/seconds.ts";
import { followTask } from "../progress/follow-task.ts";
import type { ProgressView } from "../progress/progress-view.ts";
import { withLocation, withServiceConfig } from "../server/blueprint-edits.ts";
import { blueprintFile } from "../server/blueprints.ts";
import { fetchPage, type Page } from "./fetch-page.ts";

export interface DemoContext {
  readonly hosts: number;
  readonly client: Client;
  readonly view: ProgressView;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly server: Server;
}

export interface DemoResult extends Page {
  /** Milliseconds until the cloud was ready, and the application. */
  readonly cloudMs: number;
  readonly appMs: number;
  /** Sensors of the cloud and of its hosts, by name of the entity. */
  readonly sensors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** URLs of the application, by sensor. */
  readonly urls: Readonly<Record<string, string>>;
}

const CLOUD = "my-docker-cloud";
/** Milliseconds that a step of the demonstration may take: packages and images come over slow networks, but they do come. */
const LIMIT = 45 * 60_000;
const Values = z.record(z.string(), z.unknown());

/** Docker Engine, the cloud, the application, and a page of it. */
export async function deployDemo(context: DemoContext): Promise<DemoResult> {
  const { client, view, signal, hosts } = context;
  await bringEngine(context);

  view.heading(`Making a Docker cloud of ${hosts} ${hosts === 1 ? "host" : "hosts"} on this computer`);
  const cloudStart = performance.now();
  const cloud = withServiceConfig(await readFile(blueprintFile("docker-cloud.yaml"), "utf8"), { "docker.host.initial.size": hosts });
  const cloudId = await deployAndFollow(context, withLocation(cloud, "local"));
  const cloudMs = performance.now() - cloudStart;
  view.note(`ready after ${seconds(cloudMs)}: location "${CLOUD}"`);

  view.heading("Deploying the Tomcat application to the cloud");
  const appStart = performance.now();
  const appId = await deployAndFollow(context, withLocation(await readFile(blueprintFile("tomcat-application.yaml"), "utf8"), CLOUD));
  const urls = await urlsOf(client, appId);
  const page = await fetchPage(urls, signal);
  const appMs = performance.now() - appStart;
  view.note(`answers after ${seconds(appMs)}`);
  return { ...page, cloudMs, appMs, urls, sensors: await cloudSensors(client, cloudId) };
}

async function bringEngine({ server, client, view, signal }: DemoContext): Promise<void> {
  view.heading("Looking for Docker Engine");
  const { task } = server.plane.submit(undefined, "Bring Docker Engine", (work) => ensureEngine(work));
  await followTask(client, task.id, { view, signal, timeout: LIMIT });
}

/** Gives the application's id. */
async function deployAndFollow({ client, view, signal }: DemoContext, blueprint: string): Promise<string> {
  const { task, applicationId } = await deployText(client, blueprint);
  await followTask(client, task.id, { view, signal, timeout: LIMIT });
  return applicationId;
}

/** URLs of all entities of the application: those reached from outside first. */
async function urlsOf(client: Client, appId: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of ["mapped.webapp.url", "mapped.main.uri", "webapp.url", "main.uri"]) {
    const values = await client.json(Values, `${links.application(appId)}/descendants/sensor/${segment(name)}`);
    const url = Object.values(values).find((value) => typeof value === "string");
    if (typeof url === "string") found[name] = url;
  }
  return found;
}

async function cloudSensors(client: Client, cloudId: string): Promise<Record<string, Record<string, unknown>>> {
  const summaries = z.array(z.object({ id: z.string(), name: z.string(), type: z.string() }));
  const entities = await client.json(summaries, `${links.application(cloudId)}/descendants`);
  const shown = entities.filter(({ id, type }) => id === cloudId || /\.Docker(Infrastructure|Host)$/.test(type));
  const found: Record<string, Record<string, unknown>> = {};
  for (const { id, name } of shown) {
    const sensors = await client.json(Values, `${links.entity(cloudId, id)}/sensors/current-state`);
    found[name] = Object.fromEntries(Object.entries(sensors).filter(([sensor, value]) => typeof value !== "object" && /^(docker\.|machine\.|service\.isUp|host\.address|entity\.dynamicLocation\.name)/.test(sensor)));
  }
  return found;
}

