import { expect, test } from "vitest";
import { mergeDaemonConfig, parseDaemonConfig, wantedDaemonConfig } from "./daemon-config.ts";

test("wantedDaemonConfig names options as daemon.json does, and leaves out what is not asked", () => {
  expect(wantedDaemonConfig({})).toEqual({});
  expect(wantedDaemonConfig({ insecureRegistries: [] })).toEqual({});
  expect(wantedDaemonConfig({ storageDriver: "overlay2", insecureRegistries: ["a:5000"], registryMirrors: ["http://m"], daemonConfig: { debug: true } })).toEqual({
    "storage-driver": "overlay2",
    "insecure-registries": ["a:5000"],
    "registry-mirrors": ["http://m"],
    debug: true,
  });
});

test("mergeDaemonConfig joins lists, merges maps, replaces the rest, and keeps what nobody asked about", () => {
  const existing = { dns: ["1.1.1.1"], "log-opts": { "max-size": "10m" }, debug: false, mtu: 1400 };
  const wanted = { dns: ["8.8.8.8", "1.1.1.1"], "log-opts": { "max-file": "3" }, debug: true };
  expect(mergeDaemonConfig(existing, wanted)).toEqual({ dns: ["1.1.1.1", "8.8.8.8"], "log-opts": { "max-size": "10m", "max-file": "3" }, debug: true, mtu: 1400 });
});

test("mergeDaemonConfig gives back the very same value when nothing changes, whatever the order of keys", () => {
  const existing = { a: { x: 1, y: 2 }, list: ["p", "q"] };
  expect(mergeDaemonConfig(existing, { list: ["q"], a: { y: 2 } })).toBe(existing);
  expect(mergeDaemonConfig(existing, {})).toBe(existing);
});

test("parseDaemonConfig takes an empty file for an empty configuration", () => {
  expect(parseDaemonConfig(" \n", "f")).toEqual({});
});

test.each(["{", "[1]", "3"])("parseDaemonConfig refuses %j and names the file", (text) => {
  expect(() => parseDaemonConfig(text, "/etc/docker/daemon.json on h")).toThrow('Cannot read "/etc/docker/daemon.json on h"');
});
