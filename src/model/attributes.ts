import { configKey } from "./config-key.ts";
import { lifecycles, type Lifecycle } from "./lifecycle.ts";
import { sensor } from "./sensor.ts";
import { types } from "./types/index.ts";

/** Sensors and keys that Brooklyn has on every entity (its `Attributes`). */
export const SERVICE_UP = sensor("service.isUp", types.boolean, "Whether the service is active and available (confirmed and monitored)");
export const SERVICE_STATE = sensor("service.state", types.lifecycle, "Actual lifecycle state of the service");
export const SERVICE_STATE_EXPECTED = sensor("service.state.expected", types.transition, "Last state that the service was asked to be in");
export const SERVICE_PROBLEMS = sensor("service.problems", types.map(types.json), "What is wrong although the service should run, by cause");
export const SERVICE_NOT_UP_INDICATORS = sensor("service.notUp.indicators", types.map(types.json), "Why the service is not up, by cause");
export const SERVICE_PROCESS_IS_RUNNING = sensor("service.process.isRunning", types.boolean, "Whether the process of the service is confirmed as running");
export const HOST_NAME = sensor("host.name", types.string, "Host name or address by which users reach the machine");
export const HOST_ADDRESS = sensor("host.address", types.string, "Address by which users reach the machine");
export const HOST_SUBNET_HOSTNAME = sensor("host.subnet.hostname", types.string, "Host name or address by which the machine's neighbours reach it");
export const HOST_SUBNET_ADDRESS = sensor("host.subnet.address", types.string, "Address by which the machine's neighbours reach it");
export const HOST_SSH_ADDRESS = sensor("host.sshAddress", types.string, "user@host:port of the machine's SSH server");
export const PROVISIONING_LOCATION = sensor("softwareservice.provisioningLocation", types.json, "The location that gave the machine");
export const MAIN_URI = sensor("main.uri", types.uri, "Main URI of the service");
export const GROUP_MEMBERS = sensor("group.members", types.list(types.json), "Members of the group");
export const GROUP_SIZE = sensor("group.members.count", types.integer, "Number of members");
export const START_TIMEOUT = configKey("start.timeout", types.duration, "How long a start may take from launch until the service is up", { flag: "startTimeout", defaultValue: 120_000 });

export const baseSensors = [SERVICE_UP, SERVICE_STATE, SERVICE_STATE_EXPECTED, SERVICE_PROBLEMS, SERVICE_NOT_UP_INDICATORS, MAIN_URI] as const;
export const machineSensors = [HOST_NAME, HOST_ADDRESS, HOST_SUBNET_HOSTNAME, HOST_SUBNET_ADDRESS, HOST_SSH_ADDRESS, PROVISIONING_LOCATION] as const;

export type { Lifecycle };
export { lifecycles };
