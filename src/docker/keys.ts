import { configKey } from "../model/config-key.ts";
import { sensor } from "../model/sensor.ts";
import { types } from "../model/types/index.ts";

/*
 * The keys and sensors of the Docker cloud, under their Clocker 1.1 names; the names of 0.4 to 0.8, and the wrong ones of its sample
 * blueprints, are aliases (reference/clocker.md, 1.1 to 1.3 and 8.1).
 */

export const INFRASTRUCTURE = "clocker.docker.entity.DockerInfrastructure";
/** An image that is run as it is. */
export const VANILLA_APPLICATION = "clocker.docker.entity.container.application.VanillaDockerApplication";
export const DOCKER_HOST = "clocker.docker.entity.DockerHost";
export const DOCKER_CONTAINER = "clocker.docker.entity.container.DockerContainer";

// The location that a cloud registers
export const LOCATION_NAME = configKey("entity.dynamicLocation.name", types.string, "Name under which the cloud is registered as a location", { flag: "locationName", label: "Location Name", inherited: false });
export const LOCATION_PREFIX = configKey("entity.dynamicLocation.prefix", types.string, "Begins the location's name when none is given", { flag: "locationPrefix", defaultValue: "dynamic", inherited: false });
export const LOCATION_SUFFIX = configKey("entity.dynamicLocation.suffix", types.string, "Ends the location's name when none is given", { flag: "locationSuffix", inherited: false });
export const LOCATION_NAME_SENSOR = sensor("entity.dynamicLocation.name", types.string, "Name under which the cloud is registered as a location");
export const LOCATION_SPEC = sensor("entity.dynamicLocation.spec", types.string, "Spec that resolves to the location");
export const LOCATION_STATUS = sensor("entity.dynamicLocation.status", types.boolean, "Whether the location is registered");

// Infrastructure
export const DOCKER_VERSION = configKey("docker.version", types.string, "Wanted Docker Engine version, where the host has none yet; the distribution's when absent", { flag: "dockerVersion", aliases: ["install.version", "version"], label: "Docker Version" });
export const SECURITY_GROUP = configKey("docker.host.securityGroup", types.string, "Security group for the hosts, handed to providers of clouds that have them; no other provider reads it", { flag: "securityGroup" });
export const OPEN_IPTABLES = configKey("docker.host.openIptables", types.boolean, "Kept from Clocker: Docker opens the ports that it publishes by itself, so this changes nothing", { flag: "openIptables", defaultValue: false });
export const HOST_INITIAL_SIZE = configKey("docker.host.cluster.initial.size", types.integer, "Docker hosts made when the cloud starts", { flag: "minHost", aliases: ["docker.host.initial.size"], label: "Host Cluster Minimum Size", defaultValue: 1, inherited: false });
export const HOST_MAX_SIZE = configKey("docker.host.cluster.maxSize", types.integer, "Most Docker hosts that the cloud grows to; no limit when negative", { flag: "maxHost", label: "Host Cluster Maximum Size", defaultValue: -1, inherited: false });
export const MAX_CONTAINERS = configKey("docker.container.cluster.maxSize", types.integer, "Most containers on a host", { flag: "maxContainer", aliases: ["maxSize"], label: "Container Cluster Maximum Size", defaultValue: 4 });
export const MAX_CPU = configKey("docker.container.cluster.maxCpu", types.double, "Most CPU use of a host (fraction of all its cores) that still takes containers, for the CPU strategies", { flag: "maxCpu" });
export const STRATEGIES = configKey("docker.container.strategies", types.json, "Placement strategies, applied in order: the cloud's, then the entity's", { flag: "strategies", aliases: ["docker.container.strategy", "docker.container.strategye", "strategy"], inherited: false });
export const REMOVE_EMPTY = configKey("docker.host.removeEmpty", types.boolean, "Whether a host is removed when its last container goes", { flag: "removeEmptyHosts", defaultValue: false, inherited: false });
export const REGISTER_HOSTS = configKey("docker.host.register", types.boolean, "Whether each host is also registered as a location of its own", { flag: "registerHosts", defaultValue: false });
export const HA_POLICIES = configKey("docker.policy.ha.enable", types.boolean, "Whether failed hosts and containers are restarted, and hosts that this does not help replaced", { flag: "highAvailabilty", aliases: ["highAvailability"], label: "Enable Host HA Policies", defaultValue: false });
export const HOST_SPEC = configKey("docker.host.spec", types.entitySpec, "What hosts are made from", { flag: "hostSpec", inherited: false });
export const SHUTDOWN_TIMEOUT = configKey("docker.timeout.shutdown", types.duration, "How long stopping the cloud waits for the applications in it", { flag: "shutdownTimeout", defaultValue: 300_000, inherited: false });
export const HOST_PORTS = configKey("docker.host.portRange", types.string, "Host ports under which container ports are published", { defaultValue: "49000-65535" });
export const AFFINITY_RULES = configKey("affinity.rules", types.json, "Kept from Clocker: affinity is not there yet, so this changes nothing", { flag: "affinityRules" });

export const HOSTS_SENSOR = sensor("docker.hosts", types.json, "The cluster of Docker hosts");
export const FABRIC = sensor("docker.fabric", types.json, "The group of all containers");
export const BUCKETS = sensor("docker.buckets", types.json, "The groups of containers by application");
export const HOSTS_TOTAL = sensor("docker.hosts.total", types.integer, "Number of Docker hosts");
export const HOSTS_IDLE = sensor("docker.hosts.idle", types.integer, "Number of Docker hosts without containers");
export const CONTAINERS_TOTAL = sensor("docker.containers.total", types.integer, "Number of containers");
export const CPU_AVERAGE = sensor("docker.cpu.average", types.double, "Average CPU use of the hosts (fraction of all their cores)", { transient: true });

// Host
export const CONTAINER_SPEC = configKey("docker.container.spec", types.entitySpec, "What containers are made from", { flag: "containerSpec" });
export const HOST_NAME_FORMAT = configKey("docker.host.nameFormat", types.string, "How hosts are called: %1$s is the entity's id, %2$d its number", { defaultValue: "docker-%2$d" });
export const SCAN_INTERVAL = configKey("docker.host.scanInterval", types.duration, "How often a host's containers are compared with the entities", { flag: "scanInterval", defaultValue: 30_000 });
export const HOST_POLL_PERIOD = configKey("docker.host.pollPeriod", types.duration, "How often a host's CPU, memory, load and uptime are read", { defaultValue: 30_000 });
export const STORAGE_DRIVER = configKey("docker.host.driver.storage", types.string, "Docker's storage driver, where Clocker installs the engine; Docker's choice when absent", {});
export const INSTALL_METHOD = configKey("docker.install.method", types.string, "How a missing engine is installed: `package` (the distribution's), `script` (from docker.install.script.url), or `none`", { defaultValue: "package" });
export const INSTALL_SCRIPT_URL = configKey("docker.install.script.url", types.string, "Script that installs the engine, for docker.install.method: script", {});
export const REGISTRY_MIRRORS = configKey("docker.host.registryMirrors", types.list(types.string), "URLs of mirrors that the hosts' engines ask first for images without a registry of their own", {});
export const INSECURE_REGISTRIES = configKey("docker.host.insecureRegistries", types.list(types.string), "Registries (`host:port`) that the hosts' engines may reach without TLS", {});
export const REGISTRY_URL = configKey("docker.registry.url", types.string, "Registry that images without one of their own are pulled from", { flag: "registryUrl" });
export const REGISTRY_USERNAME = configKey("docker.registry.username", types.string, "User of that registry", { flag: "registryUsername" });
export const REGISTRY_PASSWORD = configKey("docker.registry.password", types.secret, "Password of that user", { flag: "registryPassword", secret: true });
export const HOST_FLAGS = configKey("docker.host.flags", types.map(types.json), "provisioning.properties for the hosts' machines", { flag: "provisioningFlags", aliases: ["provisioning.properties"] });

export const DOCKER_HOST_NAME = sensor("docker.host.name", types.string, "Name of the host");
export const CONTAINERS_GROUP = sensor("docker.container.cluster", types.json, "The group of the host's containers");
export const ENGINE_VERSION = sensor("docker.engine.version", types.string, "Version of the Docker Engine on the host");
export const ENGINE_STORAGE = sensor("docker.engine.storageDriver", types.string, "Storage driver of the engine");
export const HOST_CONTAINERS = sensor("docker.containers.total", types.integer, "Number of containers on the host");

export { MACHINE_CPU, MACHINE_LOAD, MACHINE_MEMORY_FREE, MACHINE_MEMORY_TOTAL, MACHINE_MEMORY_USED, MACHINE_UPTIME } from "../software/feed/machine-sensors.ts";
// The article's names and units (0.4)
export const DOCKER_MACHINE_UPTIME = sensor("docker.machine.uptime", types.duration, "How long the machine has been up", { transient: true });
export const DOCKER_MACHINE_LOAD = sensor("docker.machine.loadAverage", types.double, "Load average of the last minute", { transient: true });
export const DOCKER_MACHINE_CPU = sensor("docker.machine.cpu", types.double, "CPU use in percent of all cores", { transient: true });
export const DOCKER_MACHINE_MEMORY_FREE = sensor("docker.machine.memory.free", types.long, "Free memory in bytes", { transient: true });
export const DOCKER_MACHINE_MEMORY_TOTAL = sensor("docker.machine.memory.total", types.long, "Memory in bytes", { transient: true });
export const DOCKER_MACHINE_MEMORY_USED = sensor("docker.machine.memory.used", types.long, "Used memory in bytes", { transient: true });

// Images (read on the entity first, then on the container, host and infrastructure)
export const DOCKERFILE_URL = configKey("docker.dockerfile.url", types.string, "Dockerfile, or an archive holding one, that the container's image is built from", { flag: "dockerfileUrl" });
export const DOCKERFILE_NAME = configKey("docker.dockerfile.name", types.string, "Name of the image built from the Dockerfile", { flag: "dockerfileName" });
export const DOCKERFILE_SUBSTITUTIONS = configKey("docker.dockerfile.substitutions", types.map(types.json), "Values for ${...} in the Dockerfile", { flag: "substitutions", merge: "deep_merge" });
export const IMAGE_ID = configKey("docker.image.id", types.string, "Image, by id, that is on the host already", { flag: "imageId", aliases: ["docker.imageId"] });
export const IMAGE_NAME = configKey("docker.image.name", types.string, "Image, by name, which is pulled where it is missing", { flag: "imageName" });
export const IMAGE_TAG = configKey("docker.image.tag", types.string, "Tag of the image", { flag: "imageTag", defaultValue: "latest" });
export const IMAGE_ENTRYPOINT = configKey("docker.image.entrypoint", types.list(types.string), "Entrypoint of the container", { flag: "entrypoint" });
export const IMAGE_COMMANDS = configKey("docker.image.commands", types.list(types.string), "Command of the container", { flag: "commands" });
export const HARDWARE_ID = configKey("docker.hardwareId", types.string, "Kept from Clocker, where it named a hardware profile: it changes nothing", { flag: "hardwareId" });

// Container options (reference/clocker.md, 5)
export const CPU_SHARES = configKey("docker.cpuShares", types.integer, "Relative CPU weight", { flag: "cpuShares" });
export const MEMORY = configKey("docker.memory", types.byteSize, "Memory limit: bytes, or a size such as 512m", { flag: "memory" });
export const HOST_VOLUMES = configKey("docker.host.volumes", types.map(types.string), "Folders of the host (or archives, by URL) and where they appear in the container", { flag: "volumeMappings" });
export const VOLUMES_EXPORT = configKey("docker.container.volumes.export", types.list(types.string), "Folders of the container that are volumes", { flag: "volumes", aliases: ["docker.container.volumes", "volumeExports"] });
export const VOLUMES_IMPORT = configKey("docker.container.volumes.import", types.list(types.string), "Containers whose volumes appear in this one", { flag: "volumesFrom", inherited: false });
export const ENVIRONMENT = configKey("docker.container.environment", types.map(types.json), "Environment of the container", { aliases: ["containerEnv"], merge: "deep_merge" });
export const LINKS = configKey("docker.container.links", types.map(types.json), "Alias → entity: the container is told how to reach these, in environment variables and as host names", { flag: "links", inherited: false });
export const OPEN_PORTS = configKey("docker.container.openPorts", types.list(types.integer), "Container ports to publish", { flag: "openPorts" });
export const DIRECT_PORTS = configKey("docker.container.directPorts", types.list(types.integer), "Container ports to publish under the same number", { flag: "directPorts" });
export const PORT_BINDINGS = configKey("docker.container.portBindings", types.map(types.integer), "Host port → container port", { flag: "portBindings" });
export const PRIVILEGED = configKey("docker.container.privileged", types.boolean, "Whether the container is privileged", { flag: "privileged", defaultValue: false });
export const INTERACTIVE = configKey("docker.container.interactive", types.boolean, "Whether the container's standard input stays open", { flag: "interactive", defaultValue: false });
export const CONTAINER_NAME = configKey("docker.container.name", types.string, "Name of the container", { flag: "containerName", inherited: false });
export const CONTAINER_NAME_FORMAT = configKey("docker.container.nameFormat", types.string, "How container entities are called: %1$s is the entity's id, %2$d its number", { defaultValue: "clocker-%2$02x" });
export const CONTAINER_START_TIMEOUT = configKey("docker.container.startTimeout", types.duration, "How long getting the image and starting the container may take", { defaultValue: 20 * 60_000 });

export const CONTAINER_OF = sensor("docker.container", types.json, "The container that the entity runs in");
export const CONTAINER_ENTITY = sensor("docker.container.entity", types.json, "The entity that runs in the container");
export const CONTAINER_ID = sensor("docker.container.id", types.string, "Id of the container on its host");
export const CONTAINER_NAME_SENSOR = sensor("docker.container.name", types.string, "Name of the container on its host");
export const CONTAINER_RUNNING = sensor("docker.container.running", types.boolean, "Whether the container runs");
export const CONTAINER_PAUSED = sensor("docker.container.paused", types.boolean, "Whether the container is paused");
export const CONTAINER_IMAGE_ID = sensor("docker.container.image.id", types.string, "Id of the container's image");
export const CONTAINER_IMAGE_NAME = sensor("docker.container.image.name", types.string, "Name of the container's image");
export const CONTAINER_ADDRESSES = sensor("docker.container.addresses", types.list(types.string), "Addresses of the container on its networks");
export const CONTAINER_PORTS = sensor("docker.container.portBindings", types.map(types.integer), "Container port → host port");
export const CONTAINER_OPEN_PORTS = sensor("docker.container.openPorts", types.list(types.string), "Ports of the container that are published");
export const CONTAINER_VOLUMES = sensor("docker.container.volumes", types.map(types.string), "Folders of the host → folders of the container");
export const PLACEMENT = sensor("docker.container.placement", types.json, "Why the container is on its host: what placement decided, host by host");
export const ADOPTED = sensor("docker.container.adopted", types.boolean, "Whether the container was found on the host, not made by Clocker");
export const CONTAINER_HOST = sensor("docker.host", types.json, "The host that the container is on");
export const CONTAINER_INFRASTRUCTURE = sensor("docker.infrastructure", types.json, "The cloud that the host belongs to");

/** Labels on every container that Clocker makes. */
export const OWNER_LABEL = "clocker.owner";
export const CONTAINER_LABEL = "clocker.container";
export const CONTAINER_COUNTER = sensor("docker.containers.counter", types.integer, "Number of the last container made on the host");
export const HOST_COUNTER = sensor("docker.hosts.counter", types.integer, "Number of the last host made in the cloud");
