import { describe, expect, it } from "vitest";
import { AdjunctHarness, LOAD, pool, read, run } from "../../../test/support/adjunct-harness.ts";
import { SERVICE_STATE } from "../../model/attributes.ts";
import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { setExpected, setNotUp } from "../../model/service-state.ts";
import { type Candidate, choosePrimary } from "./choose-primary.ts";
import { electPrimaryPolicy } from "./elect-primary.ts";

const waits = { starting: 100, stopped: 10 };
const c = (id: string, weight: number, state: Candidate["state"] = "viable"): Candidate => ({ id, weight, state });

describe("choosePrimary", () => {
  it.each([
    ["the heaviest", [c("a", 0), c("b", 1)], undefined, "FAILOVER", 0, { kind: "primary", id: "b" }],
    ["failover keeps the present one", [c("a", 0), c("b", 1)], "a", "FAILOVER", 0, { kind: "primary", id: "a" }],
    ["best goes back to the heaviest", [c("a", 0), c("b", 1)], "a", "BEST", 0, { kind: "primary", id: "b" }],
    ["the present one of equals", [c("a", 1), c("b", 1)], "b", "BEST", 0, { kind: "primary", id: "b" }],
    ["strict refuses equals", [c("a", 1), c("b", 1)], "b", "STRICT", 0, { kind: "tie", ids: ["a", "b"] }],
    ["waits for the best that starts", [c("a", 0), c("b", 1, "starting")], undefined, "FAILOVER", 30, { kind: "wait", for: 70 }],
    ["waits less for the best that is down", [c("a", 0), c("b", 1, "down")], "b", "FAILOVER", 4, { kind: "wait", for: 6 }],
    ["and then takes the next", [c("a", 0), c("b", 1, "down")], "b", "FAILOVER", 10, { kind: "primary", id: "a" }],
    ["never one below zero", [c("a", -1), c("b", 0, "down")], undefined, "FAILOVER", 10, { kind: "none" }],
    ["nobody", [], "a", "BEST", 0, { kind: "none" }],
  ] as const)("%s", (_name, candidates, current, mode, waited, expected) => expect(choosePrimary(candidates, current, mode, waits, waited)).toEqual(expected));
});

describe("ElectPrimaryPolicy", () => {
  async function cluster(config: Record<string, string | string[]> = {}) {
    const harness = await AdjunctHarness.open();
    const group = harness.make("group", { type: pool });
    run(group);
    const told: string[] = [];
    const member = (name: string, weight: number): Entity => {
      const made = harness.make(name, { parent: group, spec: { config: { "ha.primary.weight": weight } } });
      for (const each of ["promote", "demote"]) made.dynamicEffectors.set(each, effector(each, each, async () => void told.push(`${each} ${name}`)));
      group.addMember(made);
      return made;
    };
    const [north, south] = [member("north", 1), member("south", 0)];
    const policy = harness.add(group, electPrimaryPolicy, config);
    return { harness, group, north, south, told, policy };
  }

  it("promotes the best that is up, fails over, and copies the primary's sensors", async () => {
    const { harness, group, north, south, told } = await cluster({ "propagate.primary.sensors": ["load"] });
    run(south);
    await harness.pass(1_000);
    expect(read(group, "primary")).toBeUndefined();
    run(north);
    await harness.pass(0);
    north.set(LOAD, 1);
    south.set(LOAD, 2);
    expect([told, read(group, "primary"), read(group, "load")]).toMatchObject([["promote north"], { id: north.id }, 1]);
    setNotUp(north, "test", "down");
    await harness.pass(4_000);
    expect(told).toHaveLength(1);
    await harness.pass(1_000);
    expect([told, read(group, "primary"), read(group, "load")]).toMatchObject([["promote north", "promote south", "demote north"], { id: south.id }, 2]);
    setNotUp(north, "test", undefined);
    await harness.pass(10_000);
    expect(read(group, "primary")).toMatchObject({ id: south.id });
  });

  it("has a problem while there is none", async () => {
    const { harness, group, north, south } = await cluster();
    run(north);
    await harness.pass(0);
    setNotUp(north, "test", "down");
    setExpected(south, "STOPPED");
    await harness.pass(5_000);
    expect([group.get(SERVICE_STATE), read(group, "primary")]).toEqual(["ON_FIRE", undefined]);
    setNotUp(north, "test", undefined);
    await harness.pass(0);
    expect([group.get(SERVICE_STATE), read(group, "primary")]).toMatchObject(["RUNNING", { id: north.id }]);
  });

  it("keeps the primary over a restart of the server", async () => {
    const { harness, group, south } = await cluster();
    run(south);
    await harness.pass(5_000);
    await harness.restart();
    const again = harness.again(group);
    await harness.pass(10_000);
    expect([read(again, "primary"), again.adjuncts[0]?.highlights.get("lastAction")]).toMatchObject([{ id: south.id }, undefined]);
  });
});
