import * as docker from "../../docker/keys.ts";
import type { ConfigKey } from "../../model/config-key.ts";
import type { EntityType } from "../../model/entity-type.ts";
import { types } from "../../model/types/index.ts";
import { FIRST_MEMBER_SPEC, INITIAL_SIZE, MEMBER_SPEC } from "../../software/group/cluster-keys.ts";
import { HAS_PROCESS } from "../../software/process/start.ts";
import { startableBase } from "../../software/stock/application.ts";
import { STARTABLE } from "../../software/stock/startable.ts";
import type { Effect } from "./plan-node.ts";

export const SOFTWARE = "org.apache.brooklyn.entity.software.base.SoftwareProcess";
export const SAME_SERVER = "org.apache.brooklyn.entity.software.base.SameServerEntity";
export const CLUSTER = "org.apache.brooklyn.entity.group.DynamicCluster";
const FABRIC = "org.apache.brooklyn.entity.group.DynamicFabric";
export const DOCKER_APPLICATION = "clocker.docker.entity.container.application.VanillaDockerApplication";

export interface KeyEffect {
  readonly effect: Effect;
  readonly reason?: string;
}

const SET: KeyEffect = { effect: "set" };

/**
 * What a changed value of a config key asks for, by what the entity's type does with it and when.
 * @param inContainer whether the entity's machine is a container, whose options and ports are fixed when it is made
 */
export function effectOfKey(type: EntityType, name: string, key: ConfigKey | undefined, inContainer: boolean): KeyEffect {
  if (key?.reconfigurable === true) return SET;
  if (type.traits.has(CLUSTER)) return onCluster(name);
  if (type.traits.has(docker.INFRASTRUCTURE)) return onCloud(name);
  if (type.traits.has(FABRIC)) return { effect: "replace", reason: "a fabric reads it when it starts" };
  if (type.traits.has(SAME_SERVER)) return isOfMachine(name, key, inContainer) ? { effect: "replace", reason: "it needs another machine" } : SET;
  if (type.traits.has(SOFTWARE)) return onSoftware(type, name, key, inContainer);
  if (isHolder(type) || !type.traits.has(STARTABLE)) return SET;
  return { effect: "restart", reason: "it is read at the start" };
}

/** Whether an entity only starts and stops what is below it: nothing of its own reads config at a start. */
export function isHolder(type: EntityType): boolean {
  return type.effectors.get("start") === startableBase.effectors.get("start");
}

function onCluster(name: string): KeyEffect {
  if (name === INITIAL_SIZE.name) return { effect: "resize" };
  return name === MEMBER_SPEC.name || name === FIRST_MEMBER_SPEC.name ? { effect: "roll" } : SET;
}

/** What a cloud reads each time that it is used. */
const live: ReadonlySet<string> = new Set([docker.HOST_MAX_SIZE, docker.MAX_CONTAINERS, docker.MAX_CPU, docker.STRATEGIES, docker.REMOVE_EMPTY, docker.SHUTDOWN_TIMEOUT].map(({ name }) => name));

function onCloud(name: string): KeyEffect {
  if (name === docker.HOST_INITIAL_SIZE.name) return { effect: "resize" };
  if (name.startsWith("entity.dynamicLocation.")) return { effect: "refused", reason: "applications find the cloud under its name" };
  if (live.has(name)) return SET;
  return { effect: "set", reason: "hosts that run keep what they were made with" };
}

/** Read only when it is used, or by nothing that runs. */
const quiet = /(^latch\.|latch$|timeout|^stop\.command$|^skip\.|^quorum\.|^metrics\.|rebinddelay|children\.startable\.mode|\.unique_label$)/i;
/** Read when the software is installed. */
const installed = /^((pre|post)\.)?install\.|^download\.|^archive\.|^(files|templates)\.(pre)?install$|^onbox\.|^expandedinstall\.|^run\.dir$|^brooklyn\.downloads\./;

function onSoftware(type: EntityType, name: string, key: ConfigKey | undefined, inContainer: boolean): KeyEffect {
  if (quiet.test(name)) return SET;
  const isImage = type.traits.has(DOCKER_APPLICATION);
  if (isOfMachine(name, key, inContainer || isImage)) return { effect: "replace", reason: inContainer || isImage ? "it needs another container" : "it needs another machine" };
  if (!type.traits.has(HAS_PROCESS)) return SET;
  return installed.test(name) ? { effect: "replace", reason: "it needs another installation" } : { effect: "restart", reason: "it is read at the start" };
}

function isOfMachine(name: string, key: ConfigKey | undefined, inContainer: boolean): boolean {
  if (/^(provisioning\.properties|requiredOpenLoginPorts|inboundPorts\.)/.test(name)) return true;
  return inContainer && (name.startsWith("docker.") || key?.type.name === types.portRange.name);
}
