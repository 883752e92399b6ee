import type { AdjunctType } from "../../src/model/adjunct.ts";
import { configKey } from "../../src/model/config-key.ts";
import { defineEntityType, type EntityType } from "../../src/model/entity-type.ts";
import { sensor } from "../../src/model/sensor.ts";
import { typeByName, types } from "../../src/model/types/index.ts";
import type { BlueprintTypes } from "../../src/blueprint/blueprint-types.ts";
import type { CatalogItem } from "../../src/blueprint/catalog/catalog-item.ts";

/** Small stand-ins for the types that the corpus names: their keys and traits, and no behaviour. */

const APPLICATION = "org.apache.brooklyn.api.entity.Application";

const basicEntity = defineEntityType({ name: "org.apache.brooklyn.entity.stock.BasicEntity", description: "An entity" });
const abstractEntity = defineEntityType({ name: "org.apache.brooklyn.core.entity.AbstractEntity", description: "A base", isAbstract: true });
const basicApplication = defineEntityType({ name: "org.apache.brooklyn.entity.stock.BasicApplication", description: "An application", traits: [APPLICATION] });

const software = defineEntityType({
  name: "org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess",
  description: "A process",
  config: [
    configKey("install.version", types.string, "Version", { flag: "version" }),
    configKey("launch.command", types.string, "Command that starts it", { flag: "launchCommand", inherited: false }),
    configKey("checkRunning.command", types.string, "Command that checks it", { inherited: false }),
    configKey("start.timeout", types.duration, "Time to start", { flag: "startTimeout", defaultValue: 120_000 }),
    configKey("shell.env", types.map(), "Environment", { flag: "env", merge: "deep_merge" }),
    configKey("provisioning.properties", types.map(), "Properties", { merge: "deep_merge" }),
    configKey("files.install", types.map(types.string), "Files", { flag: "installFiles", merge: "deep_merge" }),
    configKey("latch.launch", types.boolean, "Latch", { flag: "launchLatch", aliases: ["launch.latch"] }),
    configKey("java.sysprops", types.map(), "System properties", { flag: "javaSysProps" }),
    configKey("some.secret", types.secret, "A secret", { secret: true }),
  ],
});

const tomcat = defineEntityType({
  name: "org.apache.brooklyn.entity.webapp.tomcat.TomcatServer",
  description: "Tomcat",
  extends: [software],
  config: [
    configKey("wars.root", types.string, "WAR", { flag: "war" }),
    configKey("http.port", types.portRange, "Port", { flag: "httpPort" }),
    configKey("jmx.enabled", types.boolean, "JMX", { flag: "useJmx", defaultValue: true }),
    configKey("jmx.agent.mode", types.enumOf("org.apache.brooklyn.entity.java.UsesJmx$JmxAgentModes", ["AUTODETECT", "JMXMP", "JMX_RMI", "NONE"]), "JMX agent", { flag: "jmxAgentMode" }),
    configKey("jmx.direct.port", types.portRange, "JMX port", { flag: "jmxPort" }),
  ],
  sensors: [sensor("webapp.url", types.string, "URL"), sensor("http.port", types.integer, "Port")],
});

const mysql = defineEntityType({
  name: "org.apache.brooklyn.entity.database.mysql.MySqlNode",
  description: "MySQL",
  extends: [software],
  config: [configKey("datastore.creation.script.url", types.string, "Script", { flag: "creationScriptUrl" }), configKey("mysql.port", types.portRange, "Port", { flag: "port" })],
  sensors: [sensor("datastore.url", types.string, "URL")],
});

const cluster = defineEntityType({
  name: "org.apache.brooklyn.entity.group.DynamicCluster",
  description: "A cluster",
  config: [
    configKey("dynamiccluster.memberspec", types.entitySpec, "Members", { flag: "memberSpec", inherited: false }),
    configKey("dynamiccluster.firstmemberspec", types.entitySpec, "First member", { flag: "firstMemberSpec", inherited: false }),
    configKey("cluster.initial.size", types.integer, "Size", { flag: "initialSize", defaultValue: 1 }),
    configKey("dynamiccluster.zone.enable", types.boolean, "Zones", { defaultValue: false }),
    configKey("dynamiccluster.restartMode", types.string, "Restart mode", { flag: "restartMode" }),
  ],
});

const webAppCluster = defineEntityType({ name: "org.apache.brooklyn.entity.webapp.DynamicWebAppCluster", description: "A web cluster", extends: [cluster] });

const controlledCluster = defineEntityType({
  name: "org.apache.brooklyn.entity.webapp.ControlledDynamicWebAppCluster",
  description: "A web cluster with its balancer",
  extends: [cluster],
  config: [
    configKey("controlleddynamicwebappcluster.controllerSpec", types.entitySpec, "Controller", { flag: "controllerSpec" }),
    configKey("controlleddynamicwebappcluster.webClusterSpec", types.entitySpec, "Cluster", { flag: "webClusterSpec" }),
    configKey("wars.root", types.string, "WAR", { flag: "war" }),
    configKey("proxy.http.port", types.portRange, "Port"),
  ],
});

const nginx = defineEntityType({ name: "org.apache.brooklyn.entity.proxy.nginx.NginxController", description: "nginx", extends: [software], config: [configKey("member.sensor.hostandport", types.sensorRef, "Sensor")] });

const dockerContainer = defineEntityType({ name: "clocker.docker.entity.container.DockerContainer", description: "A container", config: [configKey("docker.container.nameFormat", types.string, "Name")] });

const dockerHost = defineEntityType({
  name: "clocker.docker.entity.DockerHost",
  description: "A host",
  extends: [software],
  config: [configKey("docker.host.nameFormat", types.string, "Name"), configKey("docker.container.spec", types.entitySpec, "Containers")],
});

const dockerInfrastructure = defineEntityType({
  name: "clocker.docker.entity.DockerInfrastructure",
  description: "A Docker cloud",
  traits: [APPLICATION],
  config: [
    configKey("docker.version", types.string, "Version", { aliases: ["install.version"] }),
    configKey("entity.dynamicLocation.name", types.string, "Location name", { flag: "locationName" }),
    configKey("docker.host.cluster.initial.size", types.integer, "Hosts", { aliases: ["docker.host.initial.size"] }),
    configKey("docker.container.cluster.maxSize", types.integer, "Containers a host"),
    configKey("docker.host.register", types.boolean, "Register hosts"),
    configKey("docker.policy.ha.enable", types.boolean, "HA"),
    configKey("docker.host.securityGroup", types.string, "Security group"),
    configKey("docker.container.strategies", types.list(types.className), "Placement", { aliases: ["docker.container.strategy", "docker.container.strategye"] }),
    configKey("docker.host.spec", types.entitySpec, "Hosts", { flag: "hostSpec" }),
  ],
});

const dockerApplication = defineEntityType({
  name: "clocker.docker.entity.container.application.VanillaDockerApplication",
  description: "An image",
  extends: [software],
  config: [
    configKey("docker.image.name", types.string, "Image", { flag: "imageName" }),
    configKey("docker.image.tag", types.string, "Tag", { flag: "imageTag" }),
    configKey("docker.container.name", types.string, "Name", { flag: "containerName" }),
    configKey("docker.container.openPorts", types.list(types.integer), "Ports", { flag: "openPorts" }),
  ],
});

export const fakeEntityTypes: readonly EntityType[] = [
  basicEntity, abstractEntity, basicApplication, software, tomcat, mysql, cluster, webAppCluster, controlledCluster, nginx, dockerContainer, dockerHost, dockerInfrastructure, dockerApplication,
];

function adjunct(name: string, kind: AdjunctType["kind"], config: AdjunctType["config"]): AdjunctType {
  return { name, kind, displayName: name.slice(name.lastIndexOf(".") + 1), description: "", aliases: [], config, attach: () => () => {} };
}

export const fakeAdjunctTypes: readonly AdjunctType[] = [
  adjunct("org.apache.brooklyn.policy.autoscaling.AutoScalerPolicy", "policy", [
    configKey("autoscaler.metric", types.sensorRef, "Metric", { flag: "metric" }),
    configKey("autoscaler.metricLowerBound", types.number, "Low", { flag: "metricLowerBound" }),
    configKey("autoscaler.metricUpperBound", types.number, "High", { flag: "metricUpperBound" }),
    configKey("autoscaler.minPoolSize", types.integer, "Least", { flag: "minPoolSize" }),
    configKey("autoscaler.maxPoolSize", types.integer, "Most", { flag: "maxPoolSize" }),
    configKey("autoscaler.resizeUpStabilizationDelay", types.duration, "Delay", { flag: "resizeUpStabilizationDelay" }),
  ]),
  adjunct("org.apache.brooklyn.policy.ha.ServiceFailureDetector", "enricher", [configKey("entityFailed.stabilizationDelay", types.duration, "Delay", { aliases: ["serviceFailedStabilizationDelay"] })]),
  adjunct("org.apache.brooklyn.policy.ha.ServiceRestarter", "policy", []),
  adjunct("org.apache.brooklyn.enricher.stock.Propagator", "enricher", [configKey("enricher.propagating.inclusions", types.list(types.sensorRef), "Sensors", { flag: "propagating" }), configKey("enricher.producer", types.entity, "Producer", { flag: "producer" })]),
];

/** The registries as the reader sees them, with some catalog items. */
export function fakeTypes(items: readonly CatalogItem[] = []): BlueprintTypes {
  return {
    entityType: (name) => fakeEntityTypes.find((type) => type.name === name || type.aliases.includes(name)),
    adjunctType: (name) => fakeAdjunctTypes.find((type) => type.name === name),
    catalogItem: (reference) => items.findLast((item) => item.id === reference || `${item.id}:${item.version}` === reference || `${item.id}:latest` === reference),
    knownTypeNames: () => [...fakeEntityTypes, ...fakeAdjunctTypes, ...items.map((item) => ({ name: item.id }))].map((type) => type.name),
    valueType: typeByName,
  };
}
