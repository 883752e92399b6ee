import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { byonHosts, nameOfHost } from "./hosts.ts";

const names = (properties: Record<string, unknown>) => byonHosts(properties).map((host) => `${host.user}@${nameOfHost(host)}`);

test("byonHosts reads globs, users and ports", () => {
  expect(names({ hosts: "10.9.2.{10,20-21},bob@h:2222", user: "ann", port: "2200" })).toEqual([
    "ann@10.9.2.10:2200",
    "ann@10.9.2.20:2200",
    "ann@10.9.2.21:2200",
    "bob@h:2222",
  ]);
});

test("byonHosts takes the local user and port 22 where none is given, and sudo unless the user is root", () => {
  expect(names({ hosts: "h" })).toEqual([`${userInfo().username}@h:22`]);
  expect(byonHosts({ hosts: ["root@a", "bob@a"] }).map((host) => host.sudo)).toEqual([false, true]);
  expect(byonHosts({ hosts: "bob@a", sudo: "false" })[0]?.sudo).toBe(false);
});

test("byonHosts reads maps, whose own login wins over the location's", () => {
  const [host] = byonHosts({
    hosts: [{ ssh: "1.1.1.1", user: "bob", password: "own", privateAddresses: ["10.0.0.1"], tcpPortMappings: { 22: "2.2.2.2:2222" } }],
    privateKeyFile: "~/key",
  });
  expect(host).toEqual({ address: "1.1.1.1", subnetAddress: "10.0.0.1", sshHost: "2.2.2.2", sshPort: 2222, user: "bob", sudo: true, password: "own" });
});

test("byonHosts keeps a host that is listed twice", () => {
  expect(byonHosts({ hosts: ["a", "a"] })).toHaveLength(2);
});

test("byonHosts reads an IPv6 address in brackets", () => {
  expect(names({ hosts: "root@[fd00::1]:2222" })).toEqual(["root@fd00::1:2222"]);
});

test.each([
  [{}, "at least one host must be defined"],
  [{ hosts: "" }, "at least one host must be defined"],
  [{ hosts: "a,b c" }, "Invalid host 'b c' specified in 'a,b c'"],
  [{ hosts: "a:99999" }, "Invalid host 'a:99999' specified in 'a:99999'"],
  [{ hosts: ["-rf"] }, "Invalid host '-rf' specified in '-rf'"],
  [{ hosts: [7] }, "Invalid host 7: expected text or a map"],
  [{ hosts: "a{1-" }, 'Invalid hosts "a{1-": "{" without "}"'],
  [{ hosts: [{ ssh: "a", winrm: "b" }] }, 'must specify exactly one of "ssh" or "winrm", has the keys ["ssh","winrm"]'],
  [{ hosts: [{ user: "a" }] }, 'must specify exactly one of "ssh" or "winrm"'],
  [{ hosts: [{ winrm: "a:5985" }] }, 'Cannot use host "a:5985": Windows machines are not supported'],
  [{ hosts: "a", port: "zero" }, '"port" is not valid'],
  [{ hosts: "a", hostKey: "MD5:1" }, '"hostKey" is not valid: a fingerprint such as SHA256:...'],
])("byonHosts refuses %j", (properties, message) => {
  expect(() => byonHosts(properties)).toThrow(message);
});

test.each([{ hosts: [{ ssh: "b c", password: "hunter2" }, 7] }, { hosts: [{ password: "hunter2" }] }, { hosts: "a", password: { nested: "hunter2" } }])(
  "byonHosts never shows a password: %#",
  (properties) => {
    expect(() => byonHosts(properties)).toThrow(expect.not.objectContaining({ message: expect.stringContaining("hunter2") }));
  },
);
