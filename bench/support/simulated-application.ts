import type { Server } from "../../src/management/server.ts";
import type { Plane } from "../../src/management/plane.ts";
import type { Entity } from "../../src/model/entity.ts";
import { sensor } from "../../src/model/sensor.ts";
import { types } from "../../src/model/types/index.ts";
import { preciseNow } from "./publisher.ts";

/** What changes all the time: on each simulated process when its value was published, in milliseconds since the epoch. */
const PUBLISHED = sensor("bench.published", types.double, "When it was published");
/** What an enricher makes of it on the tier: the last of all its processes. */
export const LATEST = "bench.latest";

const PROCESS = "simulated process";
const IN_A_TIER = 99;
/** Tiers in one blueprint: a text of a million characters is the largest. */
const TIERS_AT_ONCE = 10;

/** What software processes show, apart from what changes. */
const shown: readonly [string, unknown][] = [
  ["host.name", "host-17.example"],
  ["host.address", "10.11.12.13"],
  ["http.port", 8_080],
  ["main.uri", "http://10.11.12.13:8080/"],
  ["mapped.http.port", "203.0.113.9:49153"],
  ["process.pid", 4_242],
  ["docker.container.id", "4f1c0c6cf1e1a5f0c7b1d8d0d2f3e4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b"],
  ["metrics.requests", { count: 120_044, errors: 3, latency: [1.2, 3.4, 9.9] }],
  ["metrics.load", 0.25],
  ["log.location", "/var/log/software/catalina.out"],
];

/** An application of so many entities, itself included: tiers with an enricher and a health of their own, with started processes that have config and sensors. Gives its id. */
export async function fill({ applications, plane }: Server, count: number): Promise<string> {
  const { application, start } = await applications.deploy("name: many\nservices:\n- type: org.apache.brooklyn.entity.stock.BasicEntity\n  name: alone\n");
  await start?.result;
  for (let left = count - plane.entities.size, tier = 0; left > 0; ) {
    const sizes: number[] = [];
    while (left > 0 && sizes.length < TIERS_AT_ONCE) {
      const size = Math.min(IN_A_TIER, left - 1);
      sizes.push(size);
      left -= size + 1;
    }
    const { start: tierStart } = await applications.addChildren(application, tiers(sizes, tier));
    await tierStart?.result;
    tier += sizes.length;
  }
  for (const [number, entity] of simulated(plane).entries()) show(entity, number);
  await plane.documents.flush();
  return application.id;
}

/** The simulated processes, spread over the tiers. */
export function simulated(plane: Plane): Entity[] {
  const all = [...plane.entities.all()].filter(({ displayName }) => displayName.startsWith(PROCESS));
  return all.map((_, index) => all[(index * 7_919) % all.length]).filter((entity) => entity !== undefined);
}

export function publishOne(processes: readonly Entity[], number: number): void {
  processes[number % processes.length]?.set(PUBLISHED, preciseNow());
}

function show(entity: Entity, number: number): void {
  for (const [name, value] of shown) {
    const own = typeof value === "string" ? `${value}#${number}` : value;
    entity.set(entity.sensor(name) ?? sensor(name, types.json, "As software processes have it"), own);
  }
}

function tiers(sizes: readonly number[], first: number): string {
  const lines = sizes.flatMap((size, index) => [
    "- type: org.apache.brooklyn.entity.stock.BasicStartable",
    `  name: tier ${first + index}`,
    "  brooklyn.enrichers:",
    "  - type: org.apache.brooklyn.enricher.stock.Aggregator",
    `    brooklyn.config: { enricher.sourceSensor: ${PUBLISHED.name}, enricher.targetSensor: ${LATEST}, transformation: max, fromChildren: true }`,
    "  brooklyn.children:",
    ...Array.from({ length: size }, (_, number) => [
      "  - type: org.apache.brooklyn.entity.stock.BasicStartable",
      `    name: ${PROCESS} ${first + index}.${number}`,
      `    brooklyn.config: { shell.env: { NUMBER: ${number}, TIER: tier-${first + index} }, launch.command: "bin/run --port 8080", checkRunning.command: bin/check, stop.command: bin/stop }`,
    ]).flat(),
  ]);
  return `services:\n${lines.join("\n")}\n`;
}
