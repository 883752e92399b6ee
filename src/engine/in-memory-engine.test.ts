import { describe, expect, it } from "vitest";
import { ClockerError } from "../model/errors.ts";
import { InMemoryEngine } from "./in-memory-engine.ts";

describe("InMemoryEngine", () => {
  it("failNext() fails the next calls of a kind, one each", async () => {
    const engine = new InMemoryEngine({ images: ["web"] });
    engine.failNext("createContainer", new ClockerError("engine-error", "first"));
    engine.failNext("createContainer", new ClockerError("engine-error", "second"));
    await expect(engine.createContainer({ image: "web" })).rejects.toThrow("first");
    await expect(engine.createContainer({ image: "web" })).rejects.toThrow("second");
    await engine.createContainer({ image: "web" });
    expect(engine.calls.get("createContainer")).toBe(3);
  });

  it("takeHostPort() keeps a port from containers until releaseHostPort()", async () => {
    const engine = new InMemoryEngine({ images: ["web"] });
    engine.takeHostPort(8080);
    const id = await engine.createContainer({ image: "web", ports: { "80": 8080, "81": 0 } });
    await expect(engine.startContainer(id)).rejects.toThrow("port is already allocated");
    engine.releaseHostPort(8080);
    await engine.startContainer(id);
    expect((await engine.inspectContainer(id)).ports).toEqual({ "80/tcp": 8080, "81/tcp": expect.any(Number) });
  });

  it("exitContainer() ends a container by itself, and frees its ports", async () => {
    const engine = new InMemoryEngine({ images: ["web"] });
    const [a, b] = [await engine.createContainer({ image: "web", ports: { "80": 8080 } }), await engine.createContainer({ image: "web", ports: { "80": 8080 } })];
    await engine.startContainer(a);
    engine.exitContainer(a, 3);
    expect(await engine.inspectContainer(a)).toMatchObject({ state: "exited", exitCode: 3 });
    await engine.startContainer(b);
  });

  it("answers commands by the script added last", async () => {
    const engine = new InMemoryEngine({ images: ["web"] });
    const id = await engine.createContainer({ image: "web" });
    await engine.startContainer(id);
    engine.onExec(/^curl /, () => ({ exitCode: 7 }));
    engine.onExec(["curl", "localhost"], (_spec, container) => ({ stdout: container.name }));
    expect(await engine.exec(id, { argv: ["curl", "elsewhere"] })).toEqual({ exitCode: 7 });
    expect(await engine.exec(id, { argv: ["curl", "localhost"] })).toEqual({ exitCode: 0 });
    expect(await engine.exec(id, { argv: ["true"] })).toEqual({ exitCode: 0 });
  });

  it("gives containers addresses of their network, fixed ones where asked", async () => {
    const engine = new InMemoryEngine({ images: ["web"] });
    await engine.createNetwork({ name: "app", subnet: "10.9.0.0/16" });
    const address = async (more: { address?: string }): Promise<Record<string, string>> => {
      const id = await engine.createContainer({ image: "web", network: "app", ...more });
      await engine.startContainer(id);
      return (await engine.inspectContainer(id)).addresses;
    };
    expect(await address({})).toEqual({ app: "10.9.0.3" });
    expect(await address({ address: "10.9.7.7" })).toEqual({ app: "10.9.7.7" });
    const lost = await engine.createContainer({ image: "web", network: "nowhere" });
    await expect(engine.startContainer(lost)).rejects.toMatchObject({ code: "not-found" });
  });

  it("waits for the latency before every call, and may be cancelled there", async () => {
    const stop = new AbortController();
    const engine = new InMemoryEngine({ latency: () => new Promise(() => stop.abort()) });
    await expect(engine.info(stop.signal)).rejects.toMatchObject({ code: "cancelled" });
  });
});
