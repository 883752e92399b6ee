import { effector, type EffectorCall } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { entitySpec, type Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";
import { inParallel, type Work } from "../../model/work.ts";
import { MAX_SIZE, INITIAL_SIZE, MEMBER_SPEC } from "../../software/group/cluster-keys.ts";
import { basicGroup, entityReference } from "../../software/group/group.ts";
import { basicApplication, leaveManagement, starting, stopping } from "../../software/stock/application.ts";
import { SERVICE_STATE } from "../../software/stock/attributes.ts";
import { expectedState, setNotUp } from "../../software/stock/service-state.ts";
import { LOCATIONS_PARAMETER, locationsFor, RESIZABLE } from "../../software/stock/startable.ts";
import { DockerCloud } from "../cloud.ts";
import * as keys from "../keys.ts";
import { DockerLocation } from "../location/docker-location.ts";
import { replaceOnFailure } from "./high-availability.ts";
import { ALL_CONTAINERS, APPLICATIONS } from "./container-groups.ts";
import { DOCKER_HOSTS, hostCluster } from "./host-growth.ts";
import { dockerHostCluster } from "./host-cluster.ts";
import { followTotals } from "./totals.ts";

/** A Docker cloud (Clocker's DockerInfrastructure): an application of Docker hosts that registers itself as a location, in which every machine is a container. */
export const dockerInfrastructure = defineEntityType({
  name: keys.INFRASTRUCTURE,
  displayName: "Docker Infrastructure",
  description: "A Docker cloud: Docker hosts that Clocker provisions and grows, usable as one location",
  aliases: ["brooklyn.entity.container.docker.DockerInfrastructure", "docker-infrastructure"],
  extends: [basicApplication],
  traits: [RESIZABLE],
  config: [
    keys.LOCATION_NAME, keys.LOCATION_PREFIX, keys.LOCATION_SUFFIX, keys.DOCKER_VERSION, keys.SECURITY_GROUP, keys.OPEN_IPTABLES, keys.HOST_INITIAL_SIZE, keys.HOST_MAX_SIZE, keys.MAX_CONTAINERS, keys.MAX_CPU,
    keys.STRATEGIES, keys.REMOVE_EMPTY, keys.REGISTER_HOSTS, keys.HA_POLICIES, keys.HOST_SPEC, keys.SHUTDOWN_TIMEOUT, keys.HOST_PORTS, keys.AFFINITY_RULES, keys.DOCKERFILE_URL, keys.DOCKERFILE_NAME,
    keys.DOCKERFILE_SUBSTITUTIONS, keys.IMAGE_ID, keys.HARDWARE_ID, keys.REGISTRY_MIRRORS, keys.INSECURE_REGISTRIES, keys.REGISTRY_URL, keys.REGISTRY_USERNAME, keys.REGISTRY_PASSWORD,
  ],
  sensors: [keys.LOCATION_NAME_SENSOR, keys.LOCATION_SPEC, keys.LOCATION_STATUS, keys.HOSTS_SENSOR, keys.FABRIC, keys.BUCKETS, keys.HOSTS_TOTAL, keys.HOSTS_IDLE, keys.CONTAINERS_TOTAL, keys.CPU_AVERAGE],
  effectors: [
    effector("start", "Makes the Docker hosts and registers the cloud as a location", start, { parameters: [LOCATIONS_PARAMETER] }),
    effector("stop", "Unregisters the location, stops the applications in the cloud, then its hosts", stop),
    effector("restart", "Sets up each Docker host again; containers are left alone", restart),
    effector("resize", "Changes the number of Docker hosts; only hosts without containers are removed", resize, {
      parameters: [{ name: "desiredSize", type: types.integer, description: "The number of hosts to have" }],
      returnType: "java.lang.Integer",
    }),
  ],
  hooks: { init, manage },
});

function init(infrastructure: Entity): void {
  const { management } = infrastructure;
  if (infrastructure.hasAutomaticName) infrastructure.rename("Docker Infrastructure");
  const hosts = management.create(entitySpec(dockerHostCluster.name, { displayName: DOCKER_HOSTS }), infrastructure);
  const fabric = management.create(entitySpec(basicGroup.name, { displayName: ALL_CONTAINERS }), infrastructure);
  const buckets = management.create(entitySpec(basicGroup.name, { displayName: APPLICATIONS }), infrastructure);
  replaceOnFailure(infrastructure, hosts);
  infrastructure.set(keys.HOSTS_SENSOR, entityReference(hosts));
  infrastructure.set(keys.FABRIC, entityReference(fabric));
  infrastructure.set(keys.BUCKETS, entityReference(buckets));
  setNotUp(infrastructure, LOCATION, "The cloud has not been started");
}

/** Cause of a cloud's not being up. */
const LOCATION = "location";

function manage(infrastructure: Entity): void {
  const cloud = DockerCloud.of(infrastructure);
  cloud.location = new DockerLocation(cloud);
  if (infrastructure.get(keys.LOCATION_STATUS) === true) register(infrastructure, cloud);
  infrastructure.addWatch(() => unregister(infrastructure));
  followTotals(cloud, hostCluster(infrastructure));
}

async function start({ entity: infrastructure, parameters, work }: EffectorCall): Promise<void> {
  if (infrastructure.get(SERVICE_STATE) === "STARTING") {
    throw new ClockerError("conflict", `Cannot start "${infrastructure.displayName}": it is being started`, { remedy: "Wait until that has ended, or stop it first" });
  }
  if (expectedState(infrastructure) === "RUNNING" && infrastructure.get(keys.LOCATION_STATUS) === true) return;
  const { locations } = infrastructure.management;
  const name = locationName(infrastructure);
  await starting(infrastructure, async () => {
    const found = locationsFor(infrastructure, parameters["locations"]);
    const [location] = found;
    if (location === undefined || found.length > 1) {
      throw new ClockerError("invalid-request", `Cannot start "${infrastructure.displayName}": exactly one location must be given, not ${found.length}`, { remedy: 'Give a location for its hosts, for instance "local"' });
    }
    infrastructure.addLocation(location);
    locations.reserve(name);
    try {
      await startHosts(infrastructure, location.id, work);
    } catch (error) {
      locations.unregister(name);
      throw error;
    }
    register(infrastructure, DockerCloud.of(infrastructure));
  });
}

async function startHosts(infrastructure: Entity, locationId: string, work: Work): Promise<void> {
  const hosts = hostCluster(infrastructure);
  const spec = (await infrastructure.config.get(keys.HOST_SPEC, work)) ?? entitySpec(keys.DOCKER_HOST);
  // What is configured on the cloud reaches the hosts by inheritance.
  hosts.config.set(MEMBER_SPEC.name, JSON.parse(JSON.stringify(spec)) as Json);
  hosts.config.set(INITIAL_SIZE.name, await infrastructure.config.get(keys.HOST_INITIAL_SIZE, work));
  hosts.config.set(MAX_SIZE.name, await infrastructure.config.get(keys.HOST_MAX_SIZE, work));
  const location = infrastructure.management.locations.location(locationId);
  if (location !== undefined) hosts.addLocation(location);
  await hosts.invoke("start", {}, work);
}

function register(infrastructure: Entity, cloud: DockerCloud): void {
  const name = locationName(infrastructure);
  infrastructure.set(keys.LOCATION_NAME_SENSOR, name);
  infrastructure.management.locations.register(name, cloud.location);
  infrastructure.set(keys.LOCATION_SPEC, cloud.location.spec);
  infrastructure.set(keys.LOCATION_STATUS, true);
  setNotUp(infrastructure, LOCATION, undefined);
}

/** The name may be another cloud's: then this one was never registered. */
function unregister(infrastructure: Entity): void {
  if (infrastructure.get(keys.LOCATION_STATUS) !== true) return;
  infrastructure.management.locations.unregister(locationName(infrastructure));
  infrastructure.set(keys.LOCATION_STATUS, false);
  setNotUp(infrastructure, LOCATION, "The cloud was stopped");
}

async function stop({ entity: infrastructure, work }: EffectorCall): Promise<void> {
  await stopping(infrastructure, async () => {
    // First the location, so that nothing new is deployed.
    unregister(infrastructure);
    await stopApplications(infrastructure, work);
    await hostCluster(infrastructure).invoke("stop", {}, work);
  });
  leaveManagement(infrastructure);
}

/** Stops every application that has entities in the cloud, for as long as `docker.timeout.shutdown` says; then the hosts go anyway. */
async function stopApplications(infrastructure: Entity, work: Work): Promise<void> {
  const { management } = infrastructure;
  const buckets = infrastructure.children.find((child) => child.displayName === APPLICATIONS)?.children ?? [];
  const applications = new Set(buckets.flatMap((bucket) => [...bucket.members.values()].map((entity) => entity.application)));
  // What it belongs to itself waits for it, and must not be waited for.
  applications.delete(infrastructure.application);
  if (applications.size === 0) return;
  const timeout = await infrastructure.config.get(keys.SHUTDOWN_TIMEOUT, work);
  await work.step(
    "stop applications",
    async (step) => {
      const stopped = inParallel(applications, (application) => management.destroy(application));
      const late = management.clock.sleep(timeout, step.signal).then(() => {
        throw new ClockerError("timeout", `Applications in "${infrastructure.displayName}" did not stop within ${Math.round(timeout / 1000)} s: their containers are removed`);
      });
      await Promise.race([stopped, late]);
    },
    { inessential: true },
  );
}

async function restart({ entity: infrastructure, work }: EffectorCall): Promise<void> {
  await inParallel(hostCluster(infrastructure).members.values(), (host) => host.invoke("restart", {}, work));
}

async function resize({ entity: infrastructure, parameters, work }: EffectorCall): Promise<unknown> {
  const desired = parameters["desiredSize"];
  const limit = infrastructure.config.peek(keys.HOST_MAX_SIZE);
  if (limit >= 0 && typeof desired === "number" && desired > limit) {
    throw new ClockerError("no-capacity", `Cannot resize "${infrastructure.displayName}" to ${desired} hosts: its limit is ${limit}`, { remedy: `Raise "${keys.HOST_MAX_SIZE.name}"` });
  }
  return hostCluster(infrastructure).invoke("resize", { desiredSize: desired }, work);
}

/** Its configured name, else `PREFIX-ID-SUFFIX` (Clocker's LocationOwner). */
export function locationName(infrastructure: Entity): string {
  const { config } = infrastructure;
  const given = config.peek(keys.LOCATION_NAME);
  if (given !== undefined && given.trim() !== "") return given;
  const suffix = config.peek(keys.LOCATION_SUFFIX);
  return [config.peek(keys.LOCATION_PREFIX), infrastructure.id, ...(suffix === undefined ? [] : [suffix])].join("-");
}
