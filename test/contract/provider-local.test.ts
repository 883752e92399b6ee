import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../src/machine/machine.ts";
import { setUpDockerHost } from "../../src/provider/docker-host-setup/docker-host-setup.ts";
import { LocalProvider } from "../../src/provider/local/local.ts";
import type { MachineDescription } from "../../src/provider/provider.ts";
import { providerContract } from "./provider.ts";
import { testConfig } from "./provider-config.ts";
import { testWork } from "./provider-work.ts";

providerContract("local", { labelsMachines: true }, async () => {
  const config = await testConfig({});
  // The image is built before the tests, whose time does not allow for it.
  const provider = new LocalProvider(config);
  await provider.obtain({ id: "warmingup0", owner: config.owner, name: "warming-up", properties: {} }, testWork());
  await provider.release("warmingup0", testWork());
  return { owner: config.owner, open: () => new LocalProvider(config) };
});

describe("a local machine", () => {
  const id = "hostsetup0";
  let provider: LocalProvider;
  let description: MachineDescription;
  let machine: Machine;

  const outputOf = async (script: string) => {
    const result = await machine.run({ script });
    expect(result.stderr + result.stdout).toBe(result.stdout);
    return result.stdout.trim();
  };

  beforeAll(async () => {
    const config = await testConfig({});
    provider = new LocalProvider(config);
    description = await provider.obtain({ id, owner: config.owner, name: "host-setup", properties: { minRam: "512mb", minCores: 1 } }, testWork());
    machine = provider.connect(description);
  });

  afterAll(async () => {
    await machine.close();
    await provider.release(id, testWork());
  });

  test("has the name that was asked for, its limits, and a host key that was not learnt from the network", async () => {
    expect(description).toMatchObject({ hostname: "host-setup", ssh: { user: "root", hostKey: expect.stringMatching(/^SHA256:/) } });
    expect(await outputOf("uname -n")).toBe("host-setup");
    const limit = await outputOf('cat /sys/fs/cgroup/memory.max 2>/dev/null || cat "/sys/fs/cgroup/memory$(sed -n "s/^[0-9]*:memory://p" /proc/self/cgroup)/memory.limit_in_bytes"');
    expect(Number(limit)).toBe(512 * 1024 ** 2);
  });

  test("becomes a Docker host, whose set-up changes nothing the second time", async () => {
    const facts = await setUpDockerHost(machine, {}, testWork());
    expect(facts).toMatchObject({ os: "debian", hostname: "host-setup", brought: false });
    const started = await outputOf("stat -c %Y /proc/$(cat /run/docker.pid)");
    await setUpDockerHost(machine, {}, testWork());
    expect(await outputOf("stat -c %Y /proc/$(cat /run/docker.pid)")).toBe(started);
  });

  test("keeps its engine's configuration but for what is asked, and restarts the engine only then", async () => {
    const before: unknown = JSON.parse(await outputOf("cat /etc/docker/daemon.json"));
    const pid = await outputOf("cat /run/docker.pid");
    const options = { insecureRegistries: ["10.0.0.9:5000"], daemonConfig: { "max-concurrent-downloads": 4 } };
    await setUpDockerHost(machine, options, testWork());
    expect(JSON.parse(await outputOf("cat /etc/docker/daemon.json"))).toEqual({ ...(before as object), "insecure-registries": ["10.0.0.9:5000"], "max-concurrent-downloads": 4 });
    const restarted = await outputOf("cat /run/docker.pid");
    expect(restarted).not.toBe(pid);
    await setUpDockerHost(machine, options, testWork());
    expect(await outputOf("cat /run/docker.pid")).toBe(restarted);
  });

  test("says what the engine said when it does not start", async () => {
    const wrong = setUpDockerHost(machine, { storageDriver: "nonsense" }, testWork());
    await expect(wrong).rejects.toMatchObject({ code: "command-failed", message: expect.stringContaining("driver not supported") });
    await outputOf(`sed -i 's/"nonsense"/"overlay2"/' /etc/docker/daemon.json`);
    await expect(setUpDockerHost(machine, {}, testWork())).resolves.toMatchObject({ hostname: "host-setup" });
  });

  test("gets Docker Engine from its distribution where there is none", async () => {
    await outputOf("kill $(cat /run/docker.pid); while [ -e /run/docker.pid ]; do sleep 0.1; done; DEBIAN_FRONTEND=noninteractive apt-get purge -y -q docker.io >/dev/null 2>&1 || exit 1; rm -rf /etc/docker");
    await expect(setUpDockerHost(machine, { install: "none" }, testWork())).rejects.toMatchObject({ code: "invalid-request" });
    const work = testWork();
    expect(await setUpDockerHost(machine, {}, work)).toMatchObject({ brought: true });
    expect(work.steps).toEqual(["Read facts", "Look for Docker Engine", "Install Docker Engine", "Configure Docker Engine", "Start Docker Engine"]);
    expect(work.output.join("")).toContain("Setting up docker.io");
  });
});
