import { createServer } from "node:net";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ByonProvider } from "../../src/provider/byon/byon.ts";
import { HostClaims } from "../../src/provider/byon/host-claims.ts";
import type { MachineRequest } from "../../src/provider/provider.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { providerContract } from "./provider.ts";
import { temporaryFolder, testConfig } from "./provider-config.ts";
import { testWork } from "./provider-work.ts";

let servers: TestSshd[] = [];
let hosts: Record<string, unknown>[] = [];

beforeAll(async () => {
  const folder = await temporaryFolder();
  servers = await Promise.all([startSshd(), startSshd()]);
  hosts = await Promise.all(
    servers.map(async (server, index) => {
      const privateKeyFile = path.join(folder, `key${index}`);
      await writeFile(privateKeyFile, server.privateKey, { mode: 0o600 });
      return { ssh: `${server.host}:${server.port}`, user: server.user, privateKeyFile };
    }),
  );
});

afterAll(async () => {
  for (const server of servers) await server.stop();
});

providerContract("byon", { labelsMachines: false }, async () => {
  const config = await testConfig({ hosts });
  return { owner: config.owner, open: () => new ByonProvider(config) };
});

describe("ByonProvider", () => {
  let requests = 0;
  const request = (owner: string): MachineRequest => ({ id: `byon00000${++requests}`, owner, name: "machine", properties: {} });
  const provider = async (properties: Record<string, unknown>) => {
    const config = await testConfig(properties);
    return { config, byon: new ByonProvider(config), ask: () => request(config.owner) };
  };

  test("obtain records the host key on first contact, and from then on demands it", async () => {
    const { config, byon, ask } = await provider({ hosts: [hosts[0]] });
    const first = ask();
    expect(await byon.obtain(first, testWork())).toMatchObject({ nativeId: hosts[0]!["ssh"], ssh: { hostKey: servers[0]!.fingerprint } });
    await writeFile(path.join(config.dataDir, "known-hosts.json"), JSON.stringify({ [String(hosts[0]!["ssh"])]: servers[1]!.fingerprint }));
    await byon.release(first.id);
    await expect(byon.obtain(ask(), testWork())).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("Cannot trust") });
  });

  test("obtain demands a host key that was given", async () => {
    const { byon, ask } = await provider({ hosts: [{ ...hosts[0], hostKey: servers[1]!.fingerprint }] });
    await expect(byon.obtain(ask(), testWork())).rejects.toThrow("Cannot trust");
  });

  test("obtain says so when all hosts are in use, and gives a host again that was released", async () => {
    const { byon, ask } = await provider({ hosts });
    const first = ask();
    await byon.obtain(first, testWork());
    await byon.obtain(ask(), testWork());
    await expect(byon.obtain(ask(), testWork())).rejects.toMatchObject({ code: "no-machine", message: "No machines available in byon location of 2 hosts: all are in use" });
    await byon.release(first.id);
    expect(await byon.obtain(ask(), testWork())).toMatchObject({ nativeId: hosts[0]!["ssh"] });
  });

  test("obtain gives a host that is listed twice to two requests", async () => {
    const { byon, ask } = await provider({ hosts: [hosts[0], hosts[0]] });
    const taken = [await byon.obtain(ask(), testWork()), await byon.obtain(ask(), testWork())];
    expect(taken.map((machine) => machine.nativeId)).toEqual([hosts[0]!["ssh"], hosts[0]!["ssh"]]);
    await expect(byon.obtain(ask(), testWork())).rejects.toMatchObject({ code: "no-machine" });
  });

  test("obtain leaves alone what another list of the plane has, also after a restart", async () => {
    const config = { ...(await testConfig({ hosts: [hosts[0]] })), hostClaims: new HostClaims() };
    const [first, second] = [new ByonProvider(config), new ByonProvider({ ...config, properties: { hosts } })];
    const mine = request(config.owner);
    const description = await first.obtain(mine, testWork());
    expect(await second.obtain(request(config.owner), testWork())).toMatchObject({ nativeId: hosts[1]!["ssh"] });
    const restarted = { ...config, hostClaims: new HostClaims() };
    await new ByonProvider(restarted).connect(description).close();
    await expect(new ByonProvider(restarted).obtain(request(config.owner), testWork())).rejects.toThrow("all are in use");
    await first.release(mine.id);
    expect(await first.obtain(request(config.owner), testWork())).toMatchObject({ nativeId: hosts[0]!["ssh"] });
  });

  test("obtain goes on to the next host when one refuses connections", async () => {
    const { byon, ask } = await provider({ hosts: [{ ...hosts[0], ssh: "127.0.0.1:1" }, hosts[1]] });
    expect(await byon.obtain(ask(), testWork())).toMatchObject({ nativeId: hosts[1]!["ssh"] });
  });

  test("obtain names the host and the reason when none can be reached, without the password", async () => {
    const { byon, ask } = await provider({ hosts: "127.0.0.1:1", user: "bob", password: "hunter2" });
    const failure: unknown = await byon.obtain(ask(), testWork()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "unreachable", message: expect.stringContaining("Cannot connect to bob@127.0.0.1:1 over SSH: connection refused") });
    expect(JSON.stringify(failure) + String(failure)).not.toContain("hunter2");
  });

  test("obtain gives up on a host that never answers within the configured timeout", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const { byon, ask } = await provider({ hosts: `127.0.0.1:${port}`, user: "bob", password: "x", connectTimeout: "300ms" });
      await expect(byon.obtain(ask(), testWork())).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("no answer within 0.3 s") });
    } finally {
      silent.close();
    }
  });

  test("connect claims the machine again after a restart", async () => {
    const { config, byon, ask } = await provider({ hosts: [hosts[0]] });
    const description = await byon.obtain(ask(), testWork());
    const restarted = new ByonProvider(config);
    restarted.connect(description);
    await expect(restarted.obtain(ask(), testWork())).rejects.toMatchObject({ code: "no-machine" });
  });

  test("obtain keeps passwords out of the description", async () => {
    const { byon, ask } = await provider({ hosts: [{ ...hosts[0], password: "hunter2" }] });
    const description = await byon.obtain(ask(), testWork());
    expect(JSON.stringify(description)).not.toContain("hunter2");
    expect(description.ssh?.passwordRef).toMatch(/^sealed:/);
  });
});
