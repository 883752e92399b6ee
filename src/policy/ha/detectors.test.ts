import { createServer, type AddressInfo } from "node:net";
import { beforeEach, expect, test } from "vitest";
import { AdjunctHarness, run } from "../../../test/support/adjunct-harness.ts";
import { FakeLocation, machineLocation } from "../../../test/support/fake-location.ts";
import { ScriptedMachine } from "../../../test/support/scripted-machine.ts";
import type { Entity } from "../../model/entity.ts";
import { onNotification } from "../../model/notification.ts";
import { tryTcp } from "./connection-failure-detector.ts";
import { sshMachineFailureDetector } from "./ssh-machine-failure-detector.ts";

let harness: AdjunctHarness;
let app: Entity;

beforeEach(async () => {
  harness = await AdjunctHarness.open();
  app = harness.make("app");
  run(app);
});

test("tryTcp: connects to what listens, and says what does not", async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  await expect(tryTcp({ host: "127.0.0.1", port }, signal)).resolves.toBeUndefined();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await expect(tryTcp({ host: "127.0.0.1", port }, signal)).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining(`Cannot connect to 127.0.0.1:${port}`) });
  await expect(tryTcp({ host: "192.0.2.1", port }, AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
});

test("SshMachineFailureDetector tries the entity's machine, once it has one, and tells by the chosen notifications", async () => {
  const machine = new ScriptedMachine();
  const told: string[] = [];
  for (const name of ["machine.lost", "ha.entityRecovered"]) onNotification(app, name, () => told.push(name));
  harness.add(app, sshMachineFailureDetector, { "failureDetector.pollPeriod": "10s", "failureDetector.sensor.fail": "machine.lost" });
  machine.isReachable = false;
  await harness.pass(60_000);
  expect(told).toEqual([]);
  const location = new FakeLocation((parent) => machineLocation(machine, parent));
  app.addLocation(machineLocation(machine, location));
  await harness.pass(10_000);
  machine.isReachable = true;
  await harness.pass(10_000);
  machine.isReachable = false;
  await harness.pass(10_000);
  expect(told).toEqual(["machine.lost", "ha.entityRecovered", "machine.lost"]);
});
