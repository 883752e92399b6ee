import type { Entity } from "../../src/model/entity.ts";
import { isUp } from "../../src/model/service-state.ts";
import { entitySpec, type EntitySpec, type Json } from "../../src/model/spec.ts";
import type { ApplyRequest } from "../../src/management/plan/apply/changes.ts";
import type { Plan, PlannedEntity } from "../../src/management/plan/plan.ts";
import { RUNNING_VERSION, service } from "./changing-software.ts";
import type { SimulatedServer } from "./in-memory-plane.ts";

export const APPLICATION = "org.apache.brooklyn.entity.stock.BasicApplication";
export const CLUSTER = "org.apache.brooklyn.entity.group.DynamicCluster";
const IMAGE = "clocker.docker.entity.container.application.VanillaDockerApplication";

export const shop = (...children: EntitySpec[]): EntitySpec => entitySpec(APPLICATION, { displayName: "Shop", children });

/** The same in a Docker cloud. */
export const shopInCloud = (...children: EntitySpec[]): EntitySpec => ({ ...shop(...children), locations: [{ spec: "my-docker-cloud" }] });

export const svc = (planId: string, version = "1", rest: Partial<EntitySpec> = {}): EntitySpec => entitySpec(service.name, { planId, displayName: planId, ...rest, config: { "svc.version": version, ...rest.config } });

export const image = (planId: string, tag: string, config: EntitySpec["config"] = {}): EntitySpec =>
  entitySpec(IMAGE, { planId, displayName: planId, config: { "docker.image.name": "nginx", "docker.image.tag": tag, "docker.container.name": planId, ...config } });

/** A spec is JSON; only its interface lacks an index signature. */
export const cluster = (size: number, member: EntitySpec, config: EntitySpec["config"] = {}, planId = "web"): EntitySpec =>
  entitySpec(CLUSTER, { planId, displayName: planId, config: { "cluster.initial.size": size, "dynamiccluster.memberspec": member as unknown as Json, ...config } });

export function planOf(server: SimulatedServer, spec: EntitySpec): Plan {
  return server.applications.planner.plan(JSON.stringify(spec)).plan;
}

/** Applies, and lets time pass until it is done. */
export async function applied(server: SimulatedServer, spec: EntitySpec, request: ApplyRequest = {}): Promise<unknown> {
  const { change } = await server.until(server.applications.changes.apply(JSON.stringify(spec), request));
  return change === undefined ? undefined : server.until(change.result);
}

/** What a plan changes, as the command line shows it: `~ Shop/web (restart)`. */
export function changesIn({ tree }: Plan): string[] {
  const marks = { add: "+", remove: "-", replace: "±", change: "~", none: " " };
  const lines = (each: PlannedEntity): string[] => [`${marks[each.action]} ${each.path}${each.effect === undefined ? "" : ` (${each.effect})`}`, ...each.children.flatMap(lines)];
  return tree === undefined ? [] : lines(tree).filter((line) => !line.startsWith(" "));
}

/** What an application is, by everything that a blueprint says of it, and what runs. */
export function shapeOf(entity: Entity): unknown {
  const config = Object.fromEntries([...entity.config.own()].filter(([name]) => name !== "docker.container.name" && name !== "cluster.member.id").sort(([a], [b]) => a.localeCompare(b)));
  return {
    name: entity.displayName,
    type: entity.type.name,
    planId: entity.planId,
    config,
    policies: entity.adjuncts.filter(({ isTransient }) => !isTransient).map((each) => [each.type.name, { ...each.config }]),
    running: entity.get(RUNNING_VERSION),
    isUp: isUp(entity),
    members: entity.members.size,
    children: entity.children.map(shapeOf),
  };
}
