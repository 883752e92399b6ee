/**
 * What Brooklyn's blueprints and clients may name (/work/shared/reference/brooklyn.md, 1.4, 3, 4, 5, 7.2 and 8), for `docs/reference/compatibility.md`.
 * A name without a remark is said to work, and the page is not made when the code does not have it.
 */
export { endpoints, entityTypes } from "./reference-names.ts";

/** Keys by where they stand. */
export const keys: Readonly<Record<string, readonly string[]>> = {
  "Root of a blueprint": [
    ...["name", "description", "origin", "version", "iconUrl", "id", "services", "location", "locations", "wrappedApp", "artifacts", "brooklyn.config", "brooklyn.parameters", "brooklyn.policies", "brooklyn.enrichers"],
    ...["brooklyn.initializers", "brooklyn.children", "brooklyn.tags", "brooklyn.catalog", "brooklyn.flags"],
  ],
  "Service or child": [
    ...["type", "serviceType", "service_type", "(type)", "id", "name", "location", "locations", "iconUrl", "description", "characteristics", "brooklyn.config", "brooklyn.flags", "brooklyn.children"],
    ...["brooklyn.policies", "brooklyn.enrichers", "brooklyn.initializers", "brooklyn.parameters", "brooklyn.tags", "brooklyn.catalog"],
  ],
  "Item of brooklyn.parameters": ["name", "label", "description", "type", "default", "constraints", "pinned", "reconfigurable", "inheritance.runtime", "inheritance.parent", "inheritance.type", "deprecatedNames"],
  "Policy, enricher or initializer": ["type", "policyType", "policy_type", "enricherType", "enricher_type", "initializerType", "initializer_type", "locationType", "brooklyn.config", "name", "id", "tags", "uniqueTag"],
  "Argument of $brooklyn:object": ["type", "objectType", "object_type", "constructor.args", "factoryMethod.name", "factoryMethod.args", "object.fields", "brooklyn.config", "deferred"],
  "brooklyn.catalog of a bundle": [
    ...["bundle", "version", "id", "symbolicName", "itemType", "item_type", "format", "name", "displayName", "description", "iconUrl", "icon_url", "icon.url", "bundleIconUrl", "deprecated", "tags"],
    ...["brooklyn.libraries", "libraries", "include", "items", "item", "scanJavaAnnotations"],
  ],
};

export const constraints: readonly string[] = ["required", "regex", "glob", "urlExists", "requiredIf", "requiredUnless", "requiredUnlessAnyOf", "forbiddenIf", "forbiddenUnless", "forbiddenUnlessAnyOf", "any", "or", "all", "and"];

export const dslFunctions: readonly string[] = [
  ...["self", "entity", "component", "parent", "root", "scopeRoot", "application", "child", "sibling", "descendant", "ancestor", "member", "config", "attributeWhenReady", "attributeWhenReadyAllowingOnFire", "entityId"],
  ...["sensor", "location", "entitySpec", "object", "literal", "formatString", "urlEncode", "regexReplacement", "function.regexReplacement", "external", "template", "chain"],
];

/** Names that `type:` takes without a catalog (reference, 3.8 and 5). */
export const shortTypes: readonly string[] = ["cluster", "fabric", "vanilla", "software-process", "java-app", "brooklyn-node", "web-app-cluster", "server", "group", "dynamic-group", "basic-entity", "workflow-entity", "workflow-software-process"];

const stock = "enricher.stock";
const enricher = "policy.enricher";

/** Below `org.apache.brooklyn`. */
export const policies: readonly string[] = [
  ...["policy.autoscaling.AutoScalerPolicy", "policy.ha.ServiceRestarter", "policy.ha.ServiceReplacer", "policy.ha.ConnectionFailureDetector", "policy.ha.SshMachineFailureDetector", "policy.ha.ConditionalSuspendPolicy"],
  ...["policy.failover.ElectPrimaryPolicy", "policy.action.PeriodicEffectorPolicy", "policy.action.ScheduledEffectorPolicy", "policy.action.StopAfterDurationPolicy", "policy.InvokeEffectorOnSensorChange"],
  ...["policy.InvokeEffectorOnCollectionSensorChange", "entity.group.GroupsChangePolicy", "policy.SshCommandMembershipTrackingPolicy", "core.workflow.WorkflowPolicy", "policy.jclouds.os.CreateUserPolicy"],
  ...["location.winrm.AdvertiseWinrmLoginPolicy", "entity.proxy.nginx.UpstreamSyncPolicy", "policy.loadbalancing.LoadBalancingPolicy", "policy.followthesun.FollowTheSunPolicy"],
];

export const enrichers: readonly string[] = [
  ...["Propagator", "Aggregator", "Transformer", "Combiner", "Joiner", "UpdatingMap", "MapAggregator", "PercentageEnricher", "PropagateToMembers", "reducer.Reducer", "YamlRollingTimeWindowMeanEnricher", "YamlTimeWeightedDeltaEnricher"].map((name) => `${stock}.${name}`),
  ...["RollingTimeWindowMeanEnricher", "DeltaEnricher", "TimeWeightedDeltaEnricher", "TimeFractionDeltaEnricher", "RollingMeanEnricher", "HttpLatencyDetector"].map((name) => `${enricher}.${name}`),
  ...["policy.ha.ServiceFailureDetector", "entity.system_service.SystemServiceEnricher", "core.network.OnPublicNetworkEnricher", "core.network.OnSubnetNetworkEnricher", `${stock}.aggregator.DashboardAggregator`],
  ...["policy.failover.PrimaryRunningEnricher", "policy.failover.PropagatePrimaryEnricher"],
];

export const initializers: readonly string[] = [
  ...["core.sensor.StaticSensor", "core.sensor.ssh.SshCommandSensor", "core.sensor.windows.WinRmCommandSensor", "core.effector.ssh.SshCommandEffector", "core.sensor.http.HttpRequestSensor", "core.effector.http.HttpCommandEffector"],
  ...["core.sensor.password.CreatePasswordSensor", "entity.java.JmxAttributeSensor", "core.effector.AddChildrenEffector", "core.effector.CompositeEffector", "core.effector.ProxyEffector", "core.effector.ChildrenBatchEffector"],
  ...["core.sensor.function.FunctionSensor", "core.sensor.DurationSinceSensor", "core.sensor.MaxConcurrencySensor", "entity.machine.AddMachineMetrics", "core.entity.AddDeploySensorsInitializer", "core.entity.EntityInitializers$AddTags"],
  ...["core.workflow.WorkflowSensor", "core.workflow.WorkflowEffector", "core.workflow.WorkflowInitializer", "tasks.kubectl.ContainerEffector", "tasks.kubectl.ContainerSensor"],
];

export const workflowSteps: readonly string[] = [
  ...["log", "sleep", "no-op", "set-config", "clear-config", "set-sensor", "clear-sensor", "set-entity-name", "set-workflow-variable", "clear-workflow-variable", "let", "transform", "wait", "load", "return", "label", "if", "goto"],
  ...["switch", "fail", "workflow", "foreach", "subworkflow", "retry", "invoke-effector", "deploy-application", "add-entity", "delete-entity", "reparent-entity", "add-policy", "delete-policy", "apply-initializer", "update-children"],
  ...["shell", "ssh", "http", "container", "winrm"],
];

/** How what is there differs, by section and name. */
export const differences: Readonly<Record<string, string>> = {
  "Workflow steps: shell": "Off unless the property `brooklyn.security.shell.workflow_step.disabled` is `false`: it runs commands on the management server",
  "Workflow steps: ssh": "Values reach the command as variables of its shell, never as text of it: between single quotes they are not filled in",
  "Workflow steps: retry": "At most ten times unless it has a limit",
  "Workflow steps: http": "Redirects are not followed; no `content_bytes`",
  "Workflow steps: invoke-effector": "Of an effector that is a workflow, too, it is not known whether it may go on: after a restart it does so only with `idempotent: yes`",
  "Initializers: tasks.kubectl.ContainerEffector": "Docker Engine runs the container, on the host of the entity's own container or on the management server; volumes are `hostPath` and `emptyDir`",
  "Initializers: entity.java.JmxAttributeSensor": "Read over HTTP: by the Jolokia agent that `java-app` has, or at `jmx.http.url` (Jolokia, Tomcat's JMX proxy)",
  "Initializers: core.sensor.function.FunctionSensor": "The function is a `$brooklyn:` expression, worked out anew each period, or a constant of Guava; Java code is refused",
  "Initializers: core.sensor.DurationSinceSensor": "Counts from the making of the entity; Java suppliers are refused",
  "Initializers: core.entity.AddDeploySensorsInitializer": "The sensor `deployment.metadata` has the time; who deployed is in the audit log",
  "Initializers: tasks.kubectl.ContainerSensor": "As `ContainerEffector`",
  "Root of a blueprint: origin": "Read and not kept, as in Brooklyn",
  "Root of a blueprint: artifacts": "Read and not used, as in Brooklyn",
  "Service or child: characteristics": "Read and not used",
  "brooklyn.catalog of a bundle: brooklyn.libraries": "Kept and shown; Java in them is not run",
  "brooklyn.catalog of a bundle: libraries": "Kept and shown; Java in them is not run",
  "brooklyn.catalog of a bundle: format": "Read and not used: what the text holds tells",
  "brooklyn.catalog of a bundle: scanJavaAnnotations": "Read and not used: there are no Java classes",
  "Constraints: urlExists": "Accepted; nothing is opened when a blueprint is read",
  "DSL: object": "Objects that Clocker knows, such as placement strategies; there are no Java classes",
  "Entity types: entity.software.base.VanillaWindowsProcess": "Read, and refused when its application is made: there are no Windows machines",
  "Entity types: entity.software.base.EmptyWindowsProcess": "Read, and refused when its application is made: there are no Windows machines",
  "Endpoints: POST /v1/script/groovy": "Answers with a `problem` that says so: the server is no JVM, and runs no Groovy",
  "Entity types: entity.java.VanillaJavaApp": "There is no JMX port: MBeans are read over HTTP",
  "Enrichers: policy.ha.ServiceFailureDetector": "Also taken under `brooklyn.policies`, with its keys of 2014, where blueprints of 2014 have it",
};

const notInCatalog = "No bundle in `catalog/` yet: a bundle of one's own, or a `docker:` image";

/** Why what is not there is not: by section and the beginning of the name, the longest first. */
export const absences: Readonly<Record<string, string>> = {
  "Policy, enricher or initializer: locationType": "Locations are given by `location` and in catalog bundles",
  "Entity types: core.server.": "The server's own figures are at `/v1/server` and `/v1/overview`",
  "Entity types: entity.brooklynnode.": "Clocker does not manage other management servers",
  "Entity types: policy.": "No blueprint can use it: it works through Java code",
  "Entity types: container.": "Clocker runs containers on its own Docker cloud: `docker:IMAGE` and `DockerInfrastructure`; other orchestrators are not driven",
  "Entity types: test.framework.InfrastructureDeploymentTestCase": "A test case with `ServerPool` or a cloud among its children",
  "Entity types: test.framework.TestWinrmCommand": "There are no Windows machines",
  "Entity types: entity.proxy.Abstract": "A base for others, in Java",
  "Entity types: entity.": notInCatalog,
  "Short types: brooklyn-node": "Clocker does not manage other management servers",
  "Short types: web-app-cluster": notInCatalog,
  "Policies: policy.jclouds.": "There are no jclouds locations",
  "Policies: location.winrm.": "There are no Windows machines",
  "Policies: entity.proxy.nginx.": "It belongs to the nginx controller's Java code",
  "Policies: policy.loadbalancing.": "Unusable from YAML in Brooklyn as well",
  "Policies: policy.followthesun.": "Unusable from YAML in Brooklyn as well",
  "Enrichers: entity.system_service.": "What it launches again when a machine restarts, `ServiceRestarter` does",
  "Enrichers: enricher.stock.aggregator.": "Not made: there is `/v1/overview`",
  "Initializers: core.sensor.windows.": "There are no Windows machines",
};
