import { expect, it } from "vitest";
import { Application, deployed, type Place, type Places } from "../../support/places.ts";
import { answerOf, data, SHELL, SLEEP, web } from "./commands.ts";

/** Software on a place of each kind. */
export function softwareOn(place: Place, places: () => Places): void {
  it(`${place}: a vanilla process goes through all its phases, with files, templates, latches, environment and ports`, async () => {
    await deployed(places(), { name: "phases", location: places().location(place), services: [{ ...process("first"), id: "first" }, phases()] }, async (app) => {
      const sensors = await app.sensors("web");
      expect(sensors).toMatchObject({ "service.isUp": true, "service.state": "RUNNING", "service.process.isRunning": true, "web.port": expect.any(Number) as number });
      const first = await app.sensors("first");
      expect((await app.left()).map((each) => each.split(" ")[0])).toEqual(expect.arrayContaining(["process", place === "container" ? "container" : "folder"]));
      expect(await answerOf(await addressOf(place, sensors))).toBe(`templates of web, after first in ${String(first["run.dir"])}`);
      const log = await app.invoke("web", "sh", { COMMAND: "cat $INSTALL_DIR/phases.log $RUN_DIR/phases.log" });
      expect(String(log).trim().split(/ *\n/)).toEqual(["pre-install pre web", "install in web", "post-install", "pre-customize cus web", "customize", "post-customize", "pre-launch run web", "launch 1.10 {\"a\":[1]}", "post-launch"]);
      await app.invoke("web", "restart");
      expect(await answerOf(await addressOf(place, await app.sensors("web")))).toContain("templates of web");
      // By its own stop command, which leaves a word outside of the run folder.
      await app.invoke("web", "stop", { stopMachineMode: "NEVER" });
      expect(await app.sensors("web")).toMatchObject({ "service.isUp": false, "service.state": "STOPPED" });
      expect(await app.invoke("first", "sh", { COMMAND: place === "container" ? "echo unseen" : "cat $INSTALL_DIR/../stopped-*" })).toContain(place === "container" ? "unseen" : "stopped web");
    });
  });

  it(`${place}: a process that ends at once, and one whose command fails, are on fire with the reason`, async () => {
    const { id, taskId } = await places().api.deploy(
      JSON.stringify({
        name: "failing",
        location: places().location(place),
        services: [
          { type: "vanilla", name: "ends", "brooklyn.config": { "launch.command": "true & echo $! > $PID_FILE" } },
          { type: "vanilla", name: "fails", "brooklyn.config": { "install.command": "echo no such package >&2; exit 100", "launch.command": SLEEP } },
          { type: "org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess", name: "late", "brooklyn.config": { "launch.command": SLEEP, "checkRunning.command": "echo not yet; exit 1", "start.timeout": "2s" } },
        ],
      }),
    );
    await places().api.ended(taskId);
    const app = new Application(places(), id);
    const problems = async (name: string): Promise<string> => JSON.stringify((await app.sensors(name))["service.problems"]);
    for (const name of ["ends", "fails", "late"]) expect(await app.sensors(name)).toMatchObject({ "service.state": "ON_FIRE", "service.isUp": false });
    expect(await problems("ends")).toContain("has ended");
    expect(await problems("fails")).toContain("no such package");
    expect(await problems("late")).toContain("not yet");
    await app.leaves();
  });

  it(`${place}: machines without a process run commands`, async () => {
    const services = [{ type: "server", name: "empty", "brooklyn.initializers": [SHELL] }, { type: "org.apache.brooklyn.entity.machine.MachineEntity", name: "machine" }];
    await deployed(places(), { name: "machines", location: places().location(place), services }, async (app) => {
      expect(await app.invoke("empty", "sh", { COMMAND: "echo $((6 * 7))" })).toBe("42");
      expect(await app.invoke("machine", "execCommand", { command: "pwd && echo $((6 * 7))" })).toMatch(/42\n$/);
      expect(String(await app.invoke("machine", "execCommandTimeout", { command: "uname", timeout: "20s" })).trim()).toBe("Linux");
    });
  });

  it(`${place}: children of one server share its machine, and have ports of their own`, async () => {
    const children = ["one", "two"].map((name) => ({ ...web(18_200, `answer of ${name}`), name, "brooklyn.initializers": [SHELL] }));
    await deployed(places(), { name: "shared", location: places().location(place), services: [{ type: "same-server", name: "both", "brooklyn.children": children }] }, async (app) => {
      const [one, two, both] = [await app.sensors("one"), await app.sensors("two"), await app.sensors("both")];
      expect([one["host.address"], two["host.address"]]).toEqual([both["host.address"], both["host.address"]]);
      expect(await app.invoke("one", "sh", { COMMAND: "uname -n" })).toBe(await app.invoke("two", "sh", { COMMAND: "uname -n" }));
      expect(one["web.port"]).not.toBe(two["web.port"]);
      expect(await answerOf(await addressOf(place, one))).toBe("answer of one");
      expect(await answerOf(await addressOf(place, two))).toBe("answer of two");
    });
  });

  it(`${place}: a pool of servers lends its machines`, async () => {
    const name = `pool-${place}`;
    await deployed(places(), { name, location: places().location(place), services: [{ type: "server-pool", name: "pool", initialSize: 1, "brooklyn.config": { "entity.dynamicLocation.name": name } }] }, async (pool) => {
      expect(await pool.sensors("pool")).toMatchObject({ "pool.available": 1, "pool.claimed": 0, "entity.dynamicLocation.status": true });
      await deployed(places(), { name: "tenant", location: name, services: [process("tenant")] }, async (tenant) => {
        expect(await pool.sensors("pool")).toMatchObject({ "pool.available": 0, "pool.claimed": 1 });
        expect(await tenant.sensors("tenant")).toMatchObject({ "service.isUp": true });
        await expect(pool.invoke("pool", "resize", { desiredSize: 0 })).rejects.toThrow(/claimed/);
        expect(await pool.invoke("pool", "resize", { desiredSize: 2 })).toBe(2);
        expect(await pool.sensors("pool")).toMatchObject({ "pool.available": 1, "pool.claimed": 1 });
      });
      expect(await pool.sensors("pool")).toMatchObject({ "pool.available": 2, "pool.claimed": 0 });
    });
    expect(await places().api.locations()).not.toContain(name);
  });

  it(`${place}: a cluster is resized, replaces members, and keeps failing ones in quarantine`, async () => {
    const member = { type: "vanilla", "brooklyn.config": { "shell.env": { NUMBER: '$brooklyn:config("cluster.member.id")' }, "launch.command": `test "$NUMBER" != 3 || exit 1; ${SLEEP}` } };
    const cluster = { type: "cluster", name: "cluster", initialSize: 2, memberSpec: { "$brooklyn:entitySpec": member }, firstMemberSpec: { "$brooklyn:entitySpec": { ...member, name: "leader" } }, removalStrategy: "oldest" };
    await deployed(places(), { name: "clustered", location: places().location(place), services: [cluster] }, async (app) => {
      const members = async (): Promise<string[]> => (await app.entities()).filter(({ type }) => type.endsWith("VanillaSoftwareProcess")).map(({ id }) => id);
      const size = async (): Promise<unknown> => (await app.sensors("cluster"))["group.members.count"];
      expect((await app.entities()).map(({ name }) => name)).toContain("leader");
      expect(await size()).toBe(2);
      await expect(app.invoke("cluster", "resize", { desiredSize: 3 })).rejects.toThrow(/failed/i);
      expect([await size(), (await app.entities()).some(({ name }) => name === "quarantine"), (await members()).length]).toEqual([2, true, 3]);
      await app.becomes("cluster", "service.state", (state) => state === "RUNNING");
      expect((await app.sensors("quarantine"))["group.members.count"]).toBe(1);
      await app.invoke("quarantine", "expungeMembers", { stopFirst: true });
      expect((await members()).length).toBe(2);
      const [leader = "", other = ""] = await members();
      const replacement = await app.invoke("cluster", "replaceMember", { memberId: other }).catch(String);
      expect(replacement).toMatch(/failed/i);
      expect(await members()).toContain(other);
      expect(await app.invoke("cluster", "resize", { desiredSize: 1 })).toBe(1);
      expect(await members()).not.toContain(leader);
    });
  });
}

/** Where the web server of an entity is reached by those outside. */
export async function addressOf(place: Place, sensors: Readonly<Record<string, unknown>>): Promise<string> {
  const own = `${String(sensors["host.address"])}:${String(sensors["web.port"])}`;
  return `http://${place === "container" ? String(sensors["mapped.web.port"]) : own}/`;
}

function process(name: string): Record<string, unknown> {
  return { type: "vanilla", name, "brooklyn.config": { "launch.command": SLEEP }, "brooklyn.initializers": [SHELL] };
}

function phases(): Record<string, unknown> {
  const base = web(18_100, "${greeting} of ${entity.displayName}, after ${config['after']}");
  const config = base["brooklyn.config"] as Record<string, Record<string, unknown>>;
  const say = (what: string, file = ""): string => `echo "${what}${file === "" ? "" : ` $(cat ${file}.txt) $(cat ${file}.tpl)`}" >> phases.log`;
  return {
    ...base,
    name: "web",
    "brooklyn.initializers": [SHELL],
    "brooklyn.config": {
      ...config,
      version: "1.10",
      after: '$brooklyn:formatString("first in %s", component("first").attributeWhenReady("run.dir"))',
      "latch.customize": '$brooklyn:component("first").attributeWhenReady("service.isUp")',
      "shell.env": { ...config["shell.env"], LIST: { a: [1] } },
      "template.substitutions": { greeting: "templates" },
      "files.preinstall": { [data("pre")]: "pre.txt" },
      "files.install": { [data("in")]: "in.txt" },
      "files.customize": { [data("cus")]: "cus.txt" },
      "files.runtime": { [data("run")]: "run.txt" },
      "templates.preinstall": { [data("${entity.displayName}")]: "pre.tpl" },
      "templates.install": { [data("${entity.displayName} ")]: "in.tpl" },
      "templates.customize": { [data("${entity.displayName}  ")]: "cus.tpl" },
      "templates.runtime": { ...config["templates.runtime"], [data("${entity.displayName}   ")]: "run.tpl" },
      "pre.install.command": say("pre-install", "pre"),
      "install.command": say("install", "in"),
      "post.install.command": say("post-install"),
      "pre.customize.command": say("pre-customize", "cus"),
      "customize.command": say("customize"),
      "post.customize.command": say("post-customize"),
      "pre.launch.command": say("pre-launch", "run"),
      "launch.command": `echo "launch $VERSION $LIST" >> phases.log\n${String(config["launch.command"])}`,
      "post.launch.command": say("post-launch"),
      "stop.command": 'kill $(cat $PID_FILE); echo "stopped web" > "$INSTALL_DIR/../stopped-${RUN_DIR##*_}"',
    },
  };
}
