import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { extract, pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContainerEvent, ContainerSpec, Engine, ExecSpec } from "../../src/engine/engine.ts";

/** An engine under test. */
export interface EngineUnderTest {
  engine: Engine;
  /** An image on it with a shell; its containers run until they are stopped. */
  image: string;
  /** Cuts the way to the engine, with all that is open. */
  goAway(): void;
  comeBack(): void;
  stop(): Promise<void>;
}

/** A main process that prints one line on each output, then stays. In-memory engines script it. */
export const PRINTING = ["/bin/sh", "-c", "echo printed; echo complained >&2; exec sleep 1000000"];

/** Commands of the suite with what a shell makes of them, for engines that have no shell. */
export const EXEC = {
  outputs: ["/bin/sh", "-c", "echo out; echo err >&2; exit 3"],
  echo: ["/bin/sh", "-c", 'cat; printf "%s" "$VALUE"'],
  whereAndWho: ["/bin/sh", "-c", "pwd; id -un"],
  forever: ["/bin/sh", "-c", "sleep 987654 & exec sleep 987654"],
  countForever: ["/bin/sh", "-c", "ps | grep -c '[s]leep 987654'"],
} as const;

/** Lines of RUN that a build in memory scripts: one succeeds, one prints `almost` and fails with 7. */
export const BUILD = { good: "echo made >/made", bad: "echo almost; exit 7" };

const LABEL = "clocker.contract";

/** What every Engine must keep to. */
export function engineContract(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`Engine: ${name}`, () => {
    let subject: EngineUnderTest;
    let engine: Engine;
    let count = 0;

    beforeAll(async () => {
      subject = await open();
      engine = subject.engine;
    });
    afterAll(() => subject.stop());

    const unique = (): string => `contract-${++count}-${randomBytes(4).toString("hex")}`;
    const create = (spec: Partial<ContainerSpec> = {}): Promise<string> => engine.createContainer({ image: subject.image, name: unique(), network: "none", ...spec });
    const run = async (spec: Partial<ContainerSpec> = {}): Promise<string> => {
      const id = await create(spec);
      await engine.startContainer(id);
      return id;
    };
    const exec = async (id: string, spec: ExecSpec, signal?: AbortSignal): Promise<{ exitCode: number; stdout: string; stderr: string }> => {
      const out = { stdout: "", stderr: "" };
      const { exitCode } = await engine.exec(id, { ...spec, onStdout: (chunk) => void (out.stdout += chunk), onStderr: (chunk) => void (out.stderr += chunk) }, signal);
      return { exitCode, ...out };
    };

    it("version() and info() tell about the engine", async () => {
      expect(await engine.version()).toMatchObject({ version: expect.stringMatching(/./), apiVersion: expect.stringMatching(/^\d+\.\d+$/), os: "linux", architecture: expect.stringMatching(/./) });
      expect(await engine.info()).toMatchObject({ cpus: expect.any(Number), memoryBytes: expect.any(Number), storageDriver: expect.any(String) });
    });

    describe("containers", () => {
      it("createContainer() keeps what was asked for", async () => {
        const spec = { name: unique(), hostname: "web-1", env: { GREETING: "hello = world" }, labels: { [LABEL]: "spec" }, memoryBytes: 64 * 1024 ** 2, cpuShares: 512 };
        const id = await create(spec);
        expect(await engine.inspectContainer(id)).toMatchObject({ ...spec, id, image: subject.image, state: "created", running: false, env: expect.objectContaining(spec.env), labels: expect.objectContaining(spec.labels) });
        await engine.removeContainer(id);
      });

      it("startContainer() and stopContainer() change the state, and may be repeated", async () => {
        const id = await run();
        await engine.startContainer(id);
        expect(await engine.inspectContainer(id)).toMatchObject({ state: "running", running: true, paused: false });
        await engine.stopContainer(id, { graceSeconds: 0 });
        await engine.stopContainer(id, { graceSeconds: 0 });
        expect(await engine.inspectContainer(id)).toMatchObject({ state: "exited", running: false });
        await engine.removeContainer(id);
      });

      it("killContainer() ends it with 137; one that is not running is a conflict", async () => {
        const id = await run();
        await engine.killContainer(id);
        await expect.poll(async () => (await engine.inspectContainer(id)).exitCode, { timeout: 20_000 }).toBe(137);
        await expect(engine.killContainer(id)).rejects.toMatchObject({ code: "conflict" });
        await engine.removeContainer(id);
      });

      it("pauseContainer() stops its commands until unpauseContainer()", async () => {
        const id = await run();
        await engine.pauseContainer(id);
        expect(await engine.inspectContainer(id)).toMatchObject({ state: "paused", paused: true, running: true });
        await expect(engine.exec(id, { argv: EXEC.outputs })).rejects.toMatchObject({ code: "conflict" });
        await engine.unpauseContainer(id);
        expect(await engine.inspectContainer(id)).toMatchObject({ state: "running", paused: false });
        await engine.removeContainer(id);
      });

      it("removeContainer() removes a running one, and counts one that is not there as removed", async () => {
        const id = await run();
        await engine.removeContainer(id);
        await engine.removeContainer(id);
        await expect(engine.inspectContainer(id)).rejects.toMatchObject({ code: "not-found", details: { status: 404 } });
      });

      it("calls on a container that is not there say so", async () => {
        const id = unique();
        const calls = [() => engine.startContainer(id), () => engine.stopContainer(id), () => engine.killContainer(id), () => engine.inspectContainer(id), () => engine.exec(id, { argv: ["true"] })];
        for (const call of calls) {
          await expect(call()).rejects.toMatchObject({ code: "not-found", message: expect.stringContaining(id) });
        }
      });

      it("createContainer() refuses a name that is taken and an image that is not there", async () => {
        const name = unique();
        const id = await create({ name });
        await expect(create({ name })).rejects.toMatchObject({ code: "conflict" });
        await expect(create({ image: "clocker-contract-nothing:1" })).rejects.toMatchObject({ code: "not-found" });
        await engine.removeContainer(id);
      });

      it("listContainers() finds by label name and by label value, in every state", async () => {
        const mark = unique();
        const a = await create({ labels: { [LABEL]: "a", mark } });
        const b = await run({ labels: { [LABEL]: "b", mark } });
        const found = async (labels: Record<string, string | undefined>): Promise<string[]> => (await engine.listContainers({ labels })).map((container) => container.id).sort();
        expect(await found({ mark, [LABEL]: undefined })).toEqual([a, b].sort());
        expect(await found({ mark, [LABEL]: "b" })).toEqual([b]);
        expect(await found({ mark, "no-such-label": undefined })).toEqual([]);
        const [summary] = await engine.listContainers({ labels: { mark, [LABEL]: "a" } });
        expect(summary).toMatchObject({ id: a, state: "created", image: subject.image, labels: expect.objectContaining({ mark }) });
        await Promise.all([a, b].map((id) => engine.removeContainer(id)));
      });

      it("startContainer() refuses a host port that is taken, until it is free again", async () => {
        const network = await engine.createNetwork({ name: unique(), subnet: subnet() });
        const hostPort = 40_000 + Math.floor(Math.random() * 9_000);
        const first = await run({ network, ports: { "80/tcp": hostPort } });
        expect((await engine.inspectContainer(first)).ports).toEqual({ "80/tcp": hostPort });
        const second = await create({ network, ports: { "80": hostPort } });
        await expect(engine.startContainer(second)).rejects.toMatchObject({ code: "engine-error", message: expect.stringContaining("port is already allocated") });
        await engine.removeContainer(first);
        await engine.startContainer(second);
        expect((await engine.listContainers()).find((container) => container.id === second)?.ports).toEqual({ "80/tcp": hostPort });
        await engine.removeContainer(second);
        await engine.removeNetwork(network);
      });

      it("containerStats() gives one reading, again and again", async () => {
        const id = await run({ memoryBytes: 64 * 1024 ** 2 });
        for (let reading = 0; reading < 2; reading++) {
          expect(await engine.containerStats(id)).toMatchObject({ cpu: expect.any(Number), memoryBytes: expect.any(Number), memoryLimitBytes: 64 * 1024 ** 2 });
        }
        await engine.removeContainer(id);
      });

      it("containerLogs() gives both outputs; with follow it ends with the container", async () => {
        const id = await run({ command: PRINTING });
        const seen = { stdout: "", stderr: "" };
        const following = engine.containerLogs(id, { follow: true }, (stream, chunk) => void (seen[stream] += chunk));
        await expect.poll(() => seen, { timeout: 20_000 }).toEqual({ stdout: "printed\n", stderr: "complained\n" });
        const last: string[] = [];
        await engine.containerLogs(id, { tail: 1 }, (_stream, chunk) => void last.push(chunk));
        expect(last).toHaveLength(1);
        await engine.stopContainer(id, { graceSeconds: 0 });
        await following;
        await engine.removeContainer(id);
      });

      it("containerLogs() with follow ends when its signal aborts", async () => {
        const id = await run();
        const stop = new AbortController();
        const following = engine.containerLogs(id, { follow: true }, () => undefined, stop.signal);
        stop.abort();
        await expect(following).rejects.toMatchObject({ code: "cancelled" });
        await engine.removeContainer(id);
      });
    });

    describe("exec", () => {
      let id: string;
      beforeAll(async () => void (id = await run()));
      afterAll(() => engine.removeContainer(id));

      it("exec() gives both outputs and the exit code", async () => {
        expect(await exec(id, { argv: EXEC.outputs })).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
      });

      it("exec() passes standard input and environment as they are", async () => {
        const stdin = "line one\nZeile zwei: äöü €\n";
        const value = "a'b\"c$HOME\\n`x`\n\tñ *";
        expect(await exec(id, { argv: EXEC.echo, stdin, env: { VALUE: value } })).toEqual({ exitCode: 0, stdout: stdin + value, stderr: "" });
      });

      it("exec() runs in a folder, as a user", async () => {
        expect((await exec(id, { argv: EXEC.whereAndWho, workingDir: "/tmp", user: "nobody" })).stdout).toBe("/tmp\nnobody\n");
      });

      it("exec() kills the command and its children when the signal aborts", async () => {
        const stop = new AbortController();
        const running = engine.exec(id, { argv: EXEC.forever }, stop.signal);
        await expect.poll(async () => (await exec(id, { argv: EXEC.countForever })).stdout, { timeout: 20_000 }).toBe("2\n");
        stop.abort();
        await expect(running).rejects.toMatchObject({ code: "cancelled" });
        expect((await exec(id, { argv: EXEC.countForever })).stdout).toBe("0\n");
      });

      it("exec() on a container that does not run is a conflict", async () => {
        const created = await create();
        await expect(engine.exec(created, { argv: EXEC.outputs })).rejects.toMatchObject({ code: "conflict" });
        await engine.removeContainer(created);
      });
    });

    describe("archives", () => {
      it("putArchive() and getArchive() carry files", async () => {
        const id = await run();
        await engine.putArchive(id, "/tmp", tarOf({ "a.txt": "first", "b.bin": "second" }));
        expect(await filesIn(await engine.getArchive(id, "/tmp/b.bin"))).toEqual({ "b.bin": "second" });
        await engine.putArchive(id, "/tmp", Readable.from(await bytesOf(tarOf({ "a.txt": "changed" }))));
        expect(await filesIn(await engine.getArchive(id, "/tmp/a.txt"))).toEqual({ "a.txt": "changed" });
        await engine.removeContainer(id);
      });

      it("getArchive() says when there is no such file", async () => {
        const id = await run();
        await expect(engine.getArchive(id, "/no/such/file")).rejects.toMatchObject({ code: "not-found" });
        await engine.removeContainer(id);
      });
    });

    describe("images", () => {
      const build = async (dockerfile: string, more: { onOutput?: (line: string) => void; labels?: Record<string, string> } = {}): Promise<{ tag: string; id: string }> => {
        const tag = `${unique()}:1`;
        return { tag, id: await engine.buildImage(tarOf({ Dockerfile: dockerfile }), { tag, networkMode: "none", ...more }) };
      };

      it("inspectImage() says when there is none, with the name", async () => {
        await expect(engine.inspectImage("clocker-contract-nothing")).rejects.toMatchObject({ code: "not-found", message: expect.stringContaining("clocker-contract-nothing") });
      });

      it("buildImage() gives an image with its output, labels and ports", async () => {
        const lines: string[] = [];
        const { tag, id } = await build(`FROM ${subject.image}\nRUN ${BUILD.good}\nEXPOSE 8080\n`, { onOutput: (line) => void lines.push(line), labels: { [LABEL]: "built" } });
        const image = await engine.inspectImage(tag);
        expect(image.tags).toEqual([tag]);
        expect(image.labels).toMatchObject({ [LABEL]: "built" });
        expect(image.exposedPorts.map((port) => port.replace("/tcp", ""))).toEqual(["8080"]);
        expect(image.id.startsWith(id) || id.startsWith(image.id)).toBe(true);
        expect(lines.join("\n")).toContain("RUN");
        await engine.removeImage(tag);
      });

      it("buildImage() fails with the last lines of output", async () => {
        await expect(build(`FROM ${subject.image}\nRUN ${BUILD.bad}\n`)).rejects.toMatchObject({
          code: "build-failed",
          message: expect.stringMatching(/code: 7[^]*almost/),
          details: { output: expect.arrayContaining(["almost"]) },
        });
      });

      it("tagImage() gives another name; removeImage() takes one name after the other, and may be repeated", async () => {
        const [a, b] = [`${unique()}:1`, `${unique()}:2`];
        await engine.tagImage(subject.image, a);
        await engine.tagImage(a, b);
        const { id } = await engine.inspectImage(a);
        expect((await engine.listImages()).find((image) => image.id === id)?.tags).toEqual(expect.arrayContaining([a, b]));
        await engine.removeImage(a);
        await engine.removeImage(a);
        expect((await engine.inspectImage(b)).id).toBe(id);
        await engine.removeImage(b);
        await expect(engine.inspectImage(b)).rejects.toMatchObject({ code: "not-found" });
        await expect(engine.tagImage("clocker-contract-nothing", a)).rejects.toMatchObject({ code: "not-found" });
      });

      it("saveImage() and loadImage() carry an image", async () => {
        const { tag, id } = await build(`FROM ${subject.image}\nLABEL saved=yes\n`);
        const saved = await bytesOf(await engine.saveImage(tag));
        await engine.removeImage(tag);
        await engine.loadImage(Readable.from([saved]));
        const loaded = await engine.inspectImage(tag);
        expect(loaded.id.startsWith(id) || id.startsWith(loaded.id)).toBe(true);
        await engine.removeImage(tag);
      });

      it("commitContainer() and importImage() make images", async () => {
        const id = await run();
        const [committed, imported] = [`${unique()}:1`, `${unique()}:1`];
        await engine.commitContainer(id, { tag: committed });
        expect((await engine.inspectImage(committed)).tags).toEqual([committed]);
        const imageId = await engine.importImage(Readable.from([await bytesOf(tarOf({ "etc/hello": "hello" }))]), { tag: imported });
        expect((await engine.inspectImage(imported)).id).toBe(imageId);
        await engine.removeContainer(id);
        await Promise.all([committed, imported].map((tag) => engine.removeImage(tag)));
      });
    });

    it("createNetwork(), listNetworks() and removeNetwork() agree", async () => {
      const spec = { name: unique(), labels: { [LABEL]: "net" }, subnet: subnet() };
      const id = await engine.createNetwork(spec);
      await expect(engine.createNetwork({ ...spec, subnet: subnet() })).rejects.toMatchObject({ code: "conflict" });
      expect(await engine.listNetworks({ labels: { [LABEL]: "net" } })).toEqual([{ id, name: spec.name, driver: "bridge", labels: spec.labels, subnet: spec.subnet }]);
      await engine.removeNetwork(id);
      await engine.removeNetwork(id);
      expect(await engine.listNetworks({ labels: { [LABEL]: "net" } })).toEqual([]);
    });

    describe("events and failures", () => {
      it("containerEvents() tells a container's life in order, until the signal aborts", async () => {
        const stop = new AbortController();
        const seen: ContainerEvent[] = [];
        const listening = Promise.withResolvers<void>();
        const watching = (async () => {
          for await (const event of engine.containerEvents(stop.signal, listening.resolve)) seen.push(event);
        })();
        await listening.promise;
        const id = await run({ labels: { [LABEL]: "watched" } });
        await engine.pauseContainer(id);
        await engine.unpauseContainer(id);
        await engine.removeContainer(id);
        const actions = (): string[] => seen.filter((event) => event.id === id && LIFE.has(event.action)).map((event) => event.action);
        await expect.poll(actions, { timeout: 20_000 }).toEqual(["create", "start", "pause", "unpause", "die", "destroy"]);
        expect(seen.find((event) => event.id === id && event.action === "die")?.attributes).toMatchObject({ [LABEL]: "watched", exitCode: "137" });
        stop.abort();
        await watching;
      });

      it("open streams leave other calls their way", async () => {
        const stop = new AbortController();
        const id = await run();
        const streams = Array.from({ length: 20 }, () => engine.containerLogs(id, { follow: true }, () => undefined, stop.signal));
        const outcomes = Promise.allSettled(streams);
        await Promise.all(Array.from({ length: 30 }, () => engine.inspectContainer(id)));
        stop.abort();
        expect((await outcomes).every((outcome) => outcome.status === "rejected")).toBe(true);
        await engine.removeContainer(id);
      });

      it("a signal that is aborted already cancels a call", async () => {
        await expect(engine.info(AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
      });

      it("an engine that goes away is unreachable for calls and for events, and is back when it comes back", async () => {
        const listening = Promise.withResolvers<void>();
        const watching = (async () => {
          for await (const _event of engine.containerEvents(new AbortController().signal, listening.resolve));
        })();
        await listening.promise;
        subject.goAway();
        await expect(watching).rejects.toMatchObject({ code: "unreachable" });
        await expect(engine.info()).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining(engine.name) });
        subject.comeBack();
        await engine.info();
      });
    });
  });
}

/** The events of a container's life; engines add others (attach, exec, kill) in between. */
const LIFE: ReadonlySet<string> = new Set(["create", "start", "pause", "unpause", "die", "destroy"]);

function subnet(): string {
  return `10.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}.0/24`;
}

function tarOf(files: Readonly<Record<string, string>>): Readable {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  return Readable.from(archive);
}

async function filesIn(tar: Readable): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const entries = tar.pipe(extract());
  for await (const entry of entries) files[entry.header.name] = await text(entry);
  return files;
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk) || typeof chunk === "string") parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}
