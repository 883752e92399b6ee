import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { MachineDescription, MachineProvider, MachineRequest } from "../../src/provider/provider.ts";
import { testWork, workCancelledAt } from "./provider-work.ts";

/** What a provider is tested with. */
export interface ProviderSetting {
  owner: string;
  /** A provider as a server makes it at start: what `open` gave before is forgotten, as after a crash. */
  open(): MachineProvider;
}

export interface ProviderTraits {
  /** Whether what exists can be found again after a crash by looking at the machines; those that are only handed out know it from the server. */
  labelsMachines: boolean;
  /** Whether several requests get the same machine. */
  sharesMachine?: boolean;
}

let requests = 0;

/** Holds for every `MachineProvider`. `setUp` runs once, before the first test; at least two machines must be obtainable at once. */
export function providerContract(name: string, traits: ProviderTraits, setUp: () => Promise<ProviderSetting>): void {
  describe(`MachineProvider ${name}`, () => {
    let setting: ProviderSetting;
    const asked: string[] = [];

    const newRequest = (): MachineRequest => {
      const id = `t${process.pid.toString(36)}${(++requests).toString(36)}`.padEnd(10, "0").slice(0, 10);
      asked.push(id);
      return { id, owner: setting.owner, name: `machine-${requests}`, properties: {} };
    };

    beforeAll(async () => {
      setting = await setUp();
    });

    afterEach(async () => {
      const provider = setting.open();
      for (const id of asked.splice(0)) await provider.release(id, testWork());
    });

    test("obtain gives a machine that runs commands", async () => {
      const provider = setting.open();
      const request = newRequest();
      const description = await provider.obtain(request, testWork());
      expect(description).toMatchObject({ requestId: request.id, provider: provider.name });
      expect(description.address).not.toBe("");
      expect(await outputOf(provider, description, "hello")).toBe("hello\n");
    });

    test("list names what its owner has, and nothing of others", async () => {
      const provider = setting.open();
      const request = newRequest();
      await provider.obtain(request, testWork());
      expect(await provider.list(setting.owner)).toEqual([request.id]);
      expect(await provider.list("somebody")).toEqual([]);
    });

    test("obtain with the same request id adopts what the first call made", async () => {
      const provider = setting.open();
      const request = newRequest();
      const first = await provider.obtain(request, testWork());
      expect(await provider.obtain(request, testWork())).toEqual(first);
      expect(await provider.list(setting.owner)).toEqual([request.id]);
    });

    test.runIf(traits.labelsMachines)("obtain adopts after a crash what was made before it", async () => {
      const request = newRequest();
      const first = await setting.open().obtain(request, testWork());
      expect(await setting.open().obtain(request, testWork())).toEqual(first);
    });

    test.skipIf(traits.sharesMachine)("obtain gives two requests at once two machines", async () => {
      const provider = setting.open();
      const [one, two] = await Promise.all([newRequest(), newRequest()].map((request) => provider.obtain(request, testWork())));
      expect(one!.nativeId).not.toBe(two!.nativeId);
    });

    test("release gives a machine back, and does so again without complaint", async () => {
      const provider = setting.open();
      const request = newRequest();
      await provider.obtain(request, testWork());
      await provider.release(request.id, testWork());
      await provider.release(request.id, testWork());
      expect(await provider.list(setting.owner)).toEqual([]);
    });

    test("release of what was never asked for is no error", async () => {
      await expect(setting.open().release("zzzzzzzzzz", testWork())).resolves.toBeUndefined();
    });

    test.runIf(traits.labelsMachines)("list and release find by id alone what a crashed server left", async () => {
      const request = newRequest();
      await setting.open().obtain(request, testWork());
      const provider = setting.open();
      expect(await provider.list(setting.owner)).toEqual([request.id]);
      await provider.release(request.id, testWork());
      expect(await provider.list(setting.owner)).toEqual([]);
    });

    test("connect works after a restart, from a description that was stored as JSON", async () => {
      const request = newRequest();
      const stored = JSON.stringify(await setting.open().obtain(request, testWork()));
      const provider = setting.open();
      expect(await outputOf(provider, JSON.parse(stored) as MachineDescription, "again")).toBe("again\n");
      expect(await provider.list(setting.owner)).toEqual([request.id]);
    });

    test("obtain that is cancelled leaves nothing, wherever that happens", async () => {
      const provider = setting.open();
      await expect(provider.obtain(newRequest(), testWork(AbortSignal.abort()))).rejects.toThrow(/abort|cancel/);
      for (let step = 0; ; step++) {
        const { work, reached } = workCancelledAt(step);
        const request = newRequest();
        const outcome = await provider.obtain(request, work).then(
          () => "obtained",
          () => "cancelled",
        );
        if (!reached()) break;
        expect(outcome).toBe("cancelled");
        expect(await provider.list(setting.owner)).toEqual([]);
      }
    });
  });
}

async function outputOf(provider: MachineProvider, description: MachineDescription, text: string): Promise<string> {
  const machine = provider.connect(description);
  try {
    return (await machine.run({ argv: ["echo", text] })).stdout;
  } finally {
    await machine.close();
  }
}
