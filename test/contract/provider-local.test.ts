import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unixEngine } from "../../src/engine/docker-engine.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { ByonProvider } from "../../src/provider/byon/byon.ts";
import { setUpDockerHost } from "../../src/provider/docker-host-setup/docker-host-setup.ts";
import { ensureEngine } from "../../src/provider/local/ensure-engine.ts";
import { LocalProvider } from "../../src/provider/local/local.ts";
import type { MachineDescription, MachineRequest } from "../../src/provider/provider.ts";
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
  let request: MachineRequest;
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
    request = { id: "hostsetup0", owner: config.owner, name: "host-setup", properties: { minRam: "512mb", minCores: 1 } };
    description = await provider.obtain(request, testWork());
    machine = provider.connect(description);
  });

  afterAll(async () => {
    await machine.close();
    await provider.release(request.id, testWork());
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

  test("is set up as well by a user who may use sudo", async () => {
    await outputOf(`useradd -m -p '*' bob && echo "bob ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/bob && install -d -o bob /home/bob/.ssh && install -o bob /root/.ssh/authorized_keys /home/bob/.ssh/`);
    const { host, privateKeyFile, hostKey } = description.ssh!;
    const config = await testConfig({ hosts: [host], user: "bob", privateKeyFile, hostKey });
    const byon = new ByonProvider(config);
    const asBob = byon.connect(await byon.obtain({ id: "bobsmachin", owner: config.owner, name: "bob", properties: {} }, testWork()));
    try {
      await outputOf("kill $(cat /run/docker.pid); while [ -e /run/docker.pid ]; do sleep 0.1; done");
      expect(await setUpDockerHost(asBob, { daemonConfig: { "max-concurrent-uploads": 2 } }, testWork())).toMatchObject({ hostname: "host-setup" });
    } finally {
      await asBob.close();
    }
  });

  test("comes back with its address, its engine and its containers when it is restarted", async () => {
    const engine = unixEngine(await ensureEngine(testWork()), "localhost");
    try {
      await outputOf("tar -C / -c bin lib lib64 usr/bin usr/lib/x86_64-linux-gnu/libc.so.6 usr/lib64 2>/dev/null | docker import - tiny >/dev/null; docker run -d --name sleeper --restart always tiny sleep 100000 >/dev/null");
      await engine.killContainer(description.nativeId);
      // Docker takes a killed container for one that was stopped on purpose; adopting it starts it, as a reboot does.
      expect(await provider.obtain({ ...request, properties: {} }, testWork())).toEqual(description);
      await setUpDockerHost(machine, {}, testWork());
      expect(await outputOf("docker ps --format '{{.Names}}'")).toBe("sleeper");
    } finally {
      await engine.close();
    }
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
