import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type FakeServer, fakeServer } from "../../test/support/fake-server.ts";
import { type RunningApi, startApi } from "./start-api.ts";

const open: (RunningApi | FakeServer)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function start(options: Partial<Parameters<typeof startApi>[0]> = {}, properties: Record<string, string> = {}): Promise<RunningApi> {
  const server = fakeServer({ properties });
  open.push(server);
  const api = await startApi({ server, port: { first: 0, orNext: false }, ...options });
  open.unshift(api);
  return api;
}

async function takenPort(): Promise<{ port: number; close: () => void }> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, close: () => holder.close() };
}

describe("startApi", () => {
  it("listens on this computer only", async () => {
    const api = await start();
    expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(`${api.url}v1/server/up`)).json()).toBe(true);
    expect(api.isSecured).toBe(false);
  });

  it("takes the next free port when asked to, and names a taken one otherwise", async () => {
    const holder = await takenPort();
    const api = await start({ port: { first: holder.port, orNext: true } });
    expect(api.port).toBeGreaterThan(holder.port);
    expect((await fetch(`${api.url}v1/server/up`)).status).toBe(200);
    await expect(start({ port: { first: holder.port, orNext: false } })).rejects.toMatchObject({ code: "conflict", message: `Cannot listen on 127.0.0.1: port ${holder.port} is taken` });
    holder.close();
  });

  it("refuses other addresses until users are configured", async () => {
    await expect(start({ bind: "0.0.0.0" })).rejects.toMatchObject({ code: "forbidden", remedy: expect.stringContaining("brooklyn.webconsole.security.users") });
    const api = await start({ bind: "0.0.0.0" }, { "brooklyn.webconsole.security.users": "a", "brooklyn.webconsole.security.user.a.password": "b" });
    expect(api.isSecured).toBe(true);
    expect((await fetch(`${api.url}v1/server/up`)).status).toBe(401);
  });

  it("refuses an address of another computer", async () => {
    await expect(start({ bind: "192.0.2.1" }, { "brooklyn.webconsole.security.users": "a", "brooklyn.webconsole.security.user.a.password": "b" })).rejects.toMatchObject({ code: "invalid-value" });
  });
});
