import { configKey } from "../../src/model/config-key.ts";
import { effector } from "../../src/model/effector.ts";
import { defineEntityType } from "../../src/model/entity-type.ts";
import type { Entity } from "../../src/model/entity.ts";
import { ClockerError } from "../../src/model/errors.ts";
import type { AdjunctType } from "../../src/model/adjunct.ts";
import { sensor } from "../../src/model/sensor.ts";
import { types } from "../../src/model/types/index.ts";
import { entityBase, starting, stopping } from "../../src/software/stock/application.ts";
import { setNotUp, setProblem } from "../../src/software/stock/service-state.ts";
import { STARTABLE } from "../../src/software/stock/startable.ts";
import type { Work } from "../../src/model/work.ts";

export const VERSION = configKey("svc.version", types.string, "What it runs; `bad` fails to start, `flaky` fails soon after");
export const NOTE = configKey("svc.note", types.string, "Read when it is used", { reconfigurable: true });
/** What it was started with. */
export const RUNNING_VERSION = sensor("svc.running", types.string, "The version that runs");
export const STARTS = sensor("svc.starts", types.integer, "How many times it was started");

/** A service that reads its version when it starts, which takes a second. */
export const service = defineEntityType({
  name: "test.Service",
  displayName: "Service",
  description: "Reads its version when it starts",
  extends: [entityBase],
  traits: [STARTABLE],
  config: [VERSION, NOTE],
  sensors: [RUNNING_VERSION, STARTS],
  effectors: [
    effector("start", "Start", ({ entity, work }) => start(entity, work)),
    effector("stop", "Stop", ({ entity, work }) => stop(entity, work)),
    effector("restart", "Restart", async ({ entity, work }) => {
      await stop(entity, work);
      await start(entity, work);
    }),
  ],
  hooks: { init: (entity) => setNotUp(entity, "process", "It has not been started") },
});

async function start(entity: Entity, work: Work): Promise<void> {
  await starting(entity, async () => {
    const { clock } = entity.management;
    const version = await entity.config.get(VERSION, work);
    await clock.sleep(1_000, work.signal);
    if (version === "bad") throw new ClockerError("start-failed", `Version bad of "${entity.displayName}" ends at once`);
    entity.set(RUNNING_VERSION, version);
    entity.set(STARTS, (entity.get(STARTS) ?? 0) + 1);
    setNotUp(entity, "process", undefined);
    if (version === "flaky") clock.after(2_000, () => setProblem(entity, "process", "It crashed"));
  });
}

async function stop(entity: Entity, work: Work): Promise<void> {
  await stopping(entity, async () => {
    await entity.management.clock.sleep(500, work.signal);
    setProblem(entity, "process", undefined);
    setNotUp(entity, "process", "It was stopped");
    entity.set(RUNNING_VERSION, undefined);
  });
}

/** A policy that only remembers what it was configured with. */
export const quietPolicy: AdjunctType = {
  name: "test.QuietPolicy",
  kind: "policy",
  displayName: "Quiet policy",
  description: "Does nothing",
  aliases: [],
  config: [configKey("quiet.live", types.integer, "Changes while it runs", { reconfigurable: true }), configKey("quiet.fixed", types.integer, "Read when it begins")],
  attach: () => () => {},
};
