import { expect, it } from "vitest";
import { SOON } from "../../support/clocker-api.ts";
import { deployed, type Application, type Place, type Places } from "../../support/places.ts";
import { answerOf, SHELL, SLEEP, web } from "./commands.ts";
import { addressOf } from "./software.ts";

const FAILURE_DETECTOR = { type: "org.apache.brooklyn.policy.ha.ServiceFailureDetector" };
const RESTARTER = { type: "org.apache.brooklyn.policy.ha.ServiceRestarter" };
/** Short, so that a death is seen soon. */
const WATCHED = { "softwareProcess.serviceProcessIsRunningPollPeriod": "500ms" };

/** Policies that act on real software: what dies is started again, what is loaded grows. */
export function autonomicOn(place: Place, places: () => Places): void {
  it(`${place}: a process that is killed is restarted, and its address answers again`, async () => {
    const base = web(18_300, "I am here");
    const service = { ...base, name: "web", "brooklyn.config": { ...(base["brooklyn.config"] as object), ...WATCHED }, "brooklyn.initializers": [SHELL], "brooklyn.enrichers": [FAILURE_DETECTOR], "brooklyn.policies": [RESTARTER] };
    await deployed(places(), { name: "restarted", location: places().location(place), services: [service] }, async (app) => {
      const before = await pidOf(app, "web");
      expect(await answerOf(await addressOf(place, await app.sensors("web")))).toBe("I am here");
      await app.invoke("web", "sh", { COMMAND: "kill -9 $(cat $PID_FILE)" });
      await app.becomes("web", "ha.entityFailed", (failure) => JSON.stringify(failure)?.includes("process") ?? false);
      await app.becomes("web", "ha.entityRecovered", (recovery) => recovery !== undefined);
      await app.becomes("web", "service.state", (state) => state === "RUNNING");
      expect(await pidOf(app, "web")).not.toBe(before);
      expect(await answerOf(await addressOf(place, await app.sensors("web")))).toBe("I am here");
    });
  });

  it(`${place}: a member that cannot be restarted is replaced`, async () => {
    const member = {
      type: "vanilla",
      "brooklyn.config": { ...WATCHED, "launch.command": `test ! -e broken || exit 1\n${SLEEP}` },
      "brooklyn.initializers": [SHELL],
      "brooklyn.enrichers": [FAILURE_DETECTOR],
      "brooklyn.policies": [RESTARTER],
    };
    const cluster = { type: "cluster", name: "cluster", initialSize: 2, memberSpec: { "$brooklyn:entitySpec": member }, "brooklyn.policies": [{ type: "org.apache.brooklyn.policy.ha.ServiceReplacer" }] };
    await deployed(places(), { name: "replaced", location: places().location(place), services: [cluster] }, async (app) => {
      const members = await membersOf(app);
      const [first = ""] = members;
      await app.api.invoke(app.id, first, "sh", { COMMAND: "touch broken; kill -9 $(cat $PID_FILE)" });
      await app.becomes("cluster", "group.members", (now) => idsIn(now).length === 2 && !idsIn(now).includes(first));
      await app.becomes("cluster", "service.state", (state) => state === "RUNNING");
      const now = await membersOf(app);
      expect(now).toHaveLength(2);
      for (const id of now) expect(await app.api.sensors(app.id, id)).toMatchObject({ "service.isUp": true, "service.state": "RUNNING" });
      expect((await app.entities()).map(({ id }) => id)).not.toContain(first);
    });
  });

  it(`${place}: a cluster grows under load and shrinks without it`, async () => {
    const read = { type: "ssh-command-sensor", "brooklyn.config": { name: "load", targetType: "double", period: "500ms", command: "cat load" } };
    const member = { type: "vanilla", "brooklyn.config": { "launch.command": `echo 5 > load; ${SLEEP}` }, "brooklyn.initializers": [read, SHELL] };
    const cluster = {
      type: "cluster",
      name: "cluster",
      initialSize: 1,
      memberSpec: { "$brooklyn:entitySpec": member },
      "brooklyn.enrichers": [{ type: "org.apache.brooklyn.enricher.stock.Aggregator", "brooklyn.config": { "enricher.sourceSensor": '$brooklyn:sensor("load")', "enricher.targetSensor": '$brooklyn:sensor("load.mean")', "enricher.aggregating.fromMembers": true, transformation: "average" } }],
      "brooklyn.policies": [{ type: "org.apache.brooklyn.policy.autoscaling.AutoScalerPolicy", "brooklyn.config": { metric: '$brooklyn:sensor("load.mean")', metricLowerBound: 4, metricUpperBound: 50, minPoolSize: 1, maxPoolSize: 3 } }],
    };
    await deployed(places(), { name: "scaled", location: places().location(place), services: [cluster] }, async (app) => {
      const [first = ""] = await membersOf(app);
      await app.becomes("cluster", "load.mean", (mean) => mean === 5);
      await app.api.invoke(app.id, first, "sh", { COMMAND: "echo 100 > load" });
      await app.becomes("cluster", "group.members.count", (count) => count === 3, 2 * SOON);
      await app.becomes("cluster", "load.mean", (mean) => typeof mean === "number" && Math.abs(mean - 110 / 3) < 0.1);
      await app.api.invoke(app.id, first, "sh", { COMMAND: "echo 0 > load" });
      await app.becomes("cluster", "group.members.count", (count) => count === 1, 2 * SOON);
      expect(await membersOf(app)).toEqual([first]);
    });
  });

  it(`${place}: connections that fail are told of, effectors are called by the clock, and what has run long enough stops`, async () => {
    const base = web(18_400, "still here");
    const endpoint = place === "container" ? '$brooklyn:attributeWhenReady("mapped.web.port")' : '$brooklyn:formatString("%s:%s", attributeWhenReady("host.address"), attributeWhenReady("web.port"))';
    const policies = [
      { type: "org.apache.brooklyn.policy.ha.ConnectionFailureDetector", "brooklyn.config": { endpoint, pollPeriod: "500ms" } },
      { type: "org.apache.brooklyn.policy.action.PeriodicEffectorPolicy", "brooklyn.config": { effector: "sh", args: { COMMAND: "echo tick >> ticks" }, period: "1s" } },
      { type: "org.apache.brooklyn.policy.action.ScheduledEffectorPolicy", "brooklyn.config": { effector: "sh", args: { COMMAND: "echo once >> once" }, wait: "1s" } },
    ];
    const services = [
      { ...base, name: "web", "brooklyn.initializers": [SHELL], "brooklyn.policies": policies },
      { type: "vanilla", name: "short", "brooklyn.config": { "launch.command": SLEEP }, "brooklyn.policies": [{ type: "org.apache.brooklyn.policy.action.StopAfterDurationPolicy", "brooklyn.config": { lifetime: "3s" } }] },
    ];
    await deployed(places(), { name: "policies", location: places().location(place), services }, async (app) => {
      await app.becomes("short", "service.state", (state) => state === "STOPPED");
      const ticks = async (): Promise<string[]> => String(await app.invoke("web", "sh", { COMMAND: "cat once ticks" })).split("\n");
      await expect.poll(ticks, { timeout: SOON }).toEqual(expect.arrayContaining(["once", "tick", "tick"]));
      expect((await ticks()).filter((line) => line === "once")).toHaveLength(1);
      await app.invoke("web", "sh", { COMMAND: "kill -9 $(cat $PID_FILE)" });
      await app.becomes("web", "ha.connectionFailed", (failure) => JSON.stringify(failure)?.includes("Cannot connect") ?? false);
      await app.invoke("web", "restart");
      await app.becomes("web", "ha.connectionRecovered", (recovery) => recovery !== undefined);
    });
  });
}

async function membersOf(app: Application): Promise<string[]> {
  return idsIn((await app.sensors("cluster"))["group.members"]);
}

function idsIn(references: unknown): string[] {
  return Array.isArray(references) ? references.map((each: { id: string }) => each.id) : [];
}

async function pidOf(app: Application, name: string): Promise<string> {
  return String(await app.invoke(name, "sh", { COMMAND: "cat $PID_FILE" })).trim();
}
