import { afterEach, expect, test, vi } from "vitest";
import { ScriptedMachine } from "../../test/support/scripted-machine.ts";
import { LocalMachine } from "../machine/local-machine.ts";
import { engineSocketOn } from "./engine-socket.ts";

afterEach(() => vi.unstubAllEnvs());

test.each([
  ["", "/var/run/docker.sock"],
  ["unix:///run/user/1000/docker.sock", "/run/user/1000/docker.sock"],
])("engineSocketOn this computer with DOCKER_HOST %j is %s, on other machines the usual one", (endpoint, socket) => {
  vi.stubEnv("DOCKER_HOST", endpoint);
  expect([engineSocketOn(new LocalMachine()), engineSocketOn(new ScriptedMachine())]).toEqual([socket, "/var/run/docker.sock"]);
});

test("engineSocketOn this computer refuses a DOCKER_HOST elsewhere", () => {
  vi.stubEnv("DOCKER_HOST", "tcp://192.0.2.7:2375");
  expect(() => engineSocketOn(new LocalMachine())).toThrow('Cannot use DOCKER_HOST "tcp://192.0.2.7:2375"');
});
