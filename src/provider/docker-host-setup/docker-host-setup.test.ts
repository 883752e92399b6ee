import { expect, test, vi } from "vitest";
import { fakeWork } from "../../../test/support/fake-work.ts";
import { InMemoryDockerMachine, inMemoryEngine } from "../../../test/support/in-memory-docker.ts";
import { LocalMachine } from "../../machine/local-machine.ts";
import { setUpDockerHost } from "./docker-host-setup.ts";

test("setUpDockerHost uses an engine that answers as it is, though no dockerd is on the path: nothing is installed, configured or started", async () => {
  const machine = new InMemoryDockerMachine({ name: "host-1", address: "192.0.2.7", engine: inMemoryEngine("host-1", () => 0) });
  machine.on(/has dockerd/, { stdout: "engine=no\ninit=systemd\npackages=apt-get\nbrought=no\nrestartDue=no\nmtu=1400\nroot=yes\n" });
  for (const piece of [/apt-get install/, /RESTART_DUE/]) machine.on(piece, { exitCode: 1, stderr: "must not run" });
  const work = fakeWork();
  const facts = await setUpDockerHost(machine, { install: "none", insecureRegistries: ["a:5000"] }, work);
  expect(facts).toMatchObject({ engine: { version: "in-memory" }, brought: false });
  await expect(machine.download("/etc/docker/daemon.json")).rejects.toMatchObject({ code: "not-found" });
  expect(work.streams["stdout"]).toContain("used as it is: insecure-registries must be configured there by hand");
});

test("setUpDockerHost on this computer asks the engine that DOCKER_HOST names, and no other", async () => {
  vi.stubEnv("DOCKER_HOST", "unix:///nowhere/docker.sock");
  try {
    await expect(setUpDockerHost(new LocalMachine(), {}, fakeWork())).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining('no engine answers at "/nowhere/docker.sock"') as string });
  } finally {
    vi.unstubAllEnvs();
  }
});
