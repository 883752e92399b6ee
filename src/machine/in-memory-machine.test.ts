import { describe, expect, it } from "vitest";
import { InMemoryMachine } from "./in-memory-machine.ts";

describe("InMemoryMachine", () => {
  it("records commands, and answers by the script added last", async () => {
    const machine = new InMemoryMachine();
    machine.on(/apt-get/, { exitCode: 100, stderr: "no network" });
    machine.on("apt-get update", { stdout: "done" });
    expect(await machine.run({ argv: ["apt-get", "update"] })).toEqual({ exitCode: 0, stdout: "done", stderr: "" });
    expect(await machine.run({ script: "apt-get install x" })).toEqual({ exitCode: 100, stdout: "", stderr: "no network" });
    expect(machine.texts).toEqual(["apt-get update", "apt-get install x"]);
  });

  it("gives a handler the options, and its signal", async () => {
    const machine = new InMemoryMachine();
    machine.on(/sleep/, (_command, options, signal) => (options.env?.["SHORT"] ? {} : new Promise((resolve) => signal.addEventListener("abort", () => resolve({})))));
    expect((await machine.run({ script: "sleep" }, { env: { SHORT: "1" } })).exitCode).toBe(0);
    await expect(machine.run({ script: "sleep" }, { timeout: 5 })).rejects.toMatchObject({ code: "timeout" });
  });

  it("is unreachable while it is away", async () => {
    const machine = new InMemoryMachine({ name: "host-1" });
    machine.goAway();
    await expect(machine.run({ script: "true" })).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("host-1") });
    await expect(machine.download("/etc/hosts")).rejects.toMatchObject({ code: "unreachable" });
    machine.comeBack();
    await machine.run({ script: "true" });
  });

  it("tells the facts that it was given", async () => {
    expect(await new InMemoryMachine({ facts: { os: "rhel", cpus: 64 } }).facts()).toMatchObject({ os: "rhel", cpus: 64, architecture: "amd64" });
  });
});
