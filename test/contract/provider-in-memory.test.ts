import { expect, test } from "vitest";
import { LocalMachine } from "../../src/machine/local-machine.ts";
import { InMemoryCloud, InMemoryProvider } from "../../src/provider/in-memory.ts";
import { providerContract } from "./provider.ts";
import { realClock, testWork } from "./provider-work.ts";

const newCloud = () => new InMemoryCloud({ clock: realClock, machine: () => new LocalMachine(), makingTime: 1 });
const request = (id: string) => ({ id, owner: "me", name: "machine", properties: {} });

providerContract("in-memory", { labelsMachines: true }, async () => {
  const cloud = newCloud();
  return { owner: "me", open: () => new InMemoryProvider(cloud) };
});

test("obtain fails when the cloud is full", async () => {
  const cloud = newCloud();
  cloud.options.capacity = 1;
  const provider = new InMemoryProvider(cloud);
  await provider.obtain(request("a"), testWork());
  await expect(provider.obtain(request("b"), testWork())).rejects.toMatchObject({ code: "no-machine" });
});

test.each(["before", "after"] as const)("obtain that fails %s the machine is made leaves nothing", async (phase) => {
  const cloud = newCloud();
  cloud.options.inject = (now) => {
    if (now === phase) throw new Error("quota exceeded");
  };
  const provider = new InMemoryProvider(cloud);
  await expect(provider.obtain(request("a"), testWork())).rejects.toThrow("quota exceeded");
  expect(await provider.list("me")).toEqual([]);
});
