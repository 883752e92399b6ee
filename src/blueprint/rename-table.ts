const APACHE = "org.apache.brooklyn";

/** Package moves between Brooklyn of 2014 and today's (reference, 7.1); `X` of the old package, all of it or the simple names given. */
const moves: readonly { readonly from: string; readonly to: string; readonly only?: readonly string[] }[] = [
  { from: "brooklyn.entity.basic", to: `${APACHE}.entity.stock`, only: ["BasicApplication", "BasicApplicationImpl", "BasicEntity", "BasicStartable", "DataEntity", "DelegateEntity"] },
  { from: "brooklyn.entity.basic", to: `${APACHE}.entity.group`, only: ["BasicGroup", "DynamicGroup"] },
  {
    from: "brooklyn.entity.basic",
    to: `${APACHE}.entity.software.base`,
    only: ["EmptySoftwareProcess", "VanillaSoftwareProcess", "SameServerEntity", "VanillaWindowsProcess", "SoftwareProcess", "AbstractSoftwareProcessSshDriver"],
  },
  { from: "brooklyn.entity.basic", to: `${APACHE}.core.entity.lifecycle`, only: ["Lifecycle", "ServiceStateLogic"] },
  { from: "brooklyn.entity.basic", to: `${APACHE}.core.entity` },
  { from: "brooklyn.entity.trait", to: `${APACHE}.core.entity.trait` },
  { from: "brooklyn.entity.pool", to: `${APACHE}.entity.machine.pool` },
  { from: "brooklyn.entity.service", to: `${APACHE}.entity.system_service` },
  { from: "brooklyn.entity.effector", to: `${APACHE}.core.effector` },
  { from: "brooklyn.entity.software.ssh", to: `${APACHE}.core.sensor.ssh`, only: ["SshCommandSensor"] },
  { from: "brooklyn.entity.software.ssh", to: `${APACHE}.core.effector.ssh`, only: ["SshCommandEffector"] },
  { from: "brooklyn.entity.software.http", to: `${APACHE}.core.sensor.http` },
  { from: "brooklyn.entity.software.java", to: `${APACHE}.entity.java` },
  { from: "brooklyn.entity.software", to: `${APACHE}.core.sensor`, only: ["StaticSensor"] },
  { from: "brooklyn.entity.brooklyn", to: `${APACHE}.core.server.entity` },
  { from: "brooklyn.event.feed", to: `${APACHE}.feed` },
  { from: "brooklyn.enricher.basic", to: `${APACHE}.enricher.stock` },
  { from: "brooklyn.enricher", to: `${APACHE}.policy.enricher` },
  { from: "brooklyn.policy.os", to: `${APACHE}.policy.jclouds.os`, only: ["CreateUserPolicy"] },
  { from: "brooklyn.policy.os", to: `${APACHE}.location.winrm`, only: ["AdvertiseWinrmLoginPolicy"] },
  { from: "brooklyn.location.basic", to: `${APACHE}.location.localhost`, only: ["LocalhostMachineProvisioningLocation"] },
  { from: "brooklyn.location.basic", to: `${APACHE}.location.ssh`, only: ["SshMachineLocation"] },
  { from: "brooklyn.location.basic", to: `${APACHE}.location.byon`, only: ["FixedListMachineProvisioningLocation", "SingleMachineProvisioningLocation"] },
  { from: "brooklyn.location.basic", to: `${APACHE}.location.multi`, only: ["MultiLocation"] },
  { from: "brooklyn.test.entity", to: `${APACHE}.core.test.entity` },
  { from: "io.brooklyn", to: APACHE },
  { from: "brooklyn", to: APACHE },
];

/** Clocker's own types under the package names of its releases 0.4 to 1.1 (clocker.md, section 1). */
const clockerMoves: readonly (readonly [pattern: RegExp, to: string])[] = [
  [/^(?:brooklyn\.entity\.container\.docker|clocker\.docker\.entity(?:\.container)?)\.(DockerInfrastructure|DockerHost)$/, "clocker.docker.entity.$1"],
  [/^(?:brooklyn\.entity\.container\.docker|clocker\.docker\.entity(?:\.container)?)\.DockerContainer$/, "clocker.docker.entity.container.DockerContainer"],
  [/^(?:brooklyn\.entity\.container\.docker(?:\.application)?|clocker\.docker\.entity(?:\.container)?\.application)\.(\w+)$/, "clocker.docker.entity.container.application.$1"],
  [/^brooklyn\.location\.docker\.strategy\.(?:basic\.)?(\w+)$/, "clocker.docker.location.strategy.basic.$1"],
  [/^brooklyn\.location\.docker\.strategy\.affinity\.(\w+)$/, "clocker.docker.location.strategy.affinity.$1"],
  [/^clocker\.docker\.location\.strategy\.(\w+)$/, "clocker.docker.location.strategy.basic.$1"],
  [/^brooklyn\.location\.docker\.(\w+)$/, "clocker.docker.location.$1"],
  [/^brooklyn\.networking\.(.+)$/, "clocker.docker.networking.$1"],
];

/** Short names that Brooklyn knows in `type:` (reference, 3.8). */
export const shortNames: ReadonlyMap<string, string> = new Map([
  ["cluster", `${APACHE}.entity.group.DynamicCluster`],
  ["fabric", `${APACHE}.entity.group.DynamicRegionsFabric`],
  ["group", `${APACHE}.entity.group.BasicGroup`],
  ["dynamic-group", `${APACHE}.entity.group.DynamicGroup`],
  ["basic-entity", `${APACHE}.entity.stock.BasicEntity`],
  ["basic-application", `${APACHE}.entity.stock.BasicApplication`],
  ["server", `${APACHE}.entity.software.base.EmptySoftwareProcess`],
  ["vanilla", `${APACHE}.entity.software.base.VanillaSoftwareProcess`],
  ["software-process", `${APACHE}.entity.software.base.VanillaSoftwareProcess`],
  ["java-app", `${APACHE}.entity.java.VanillaJavaApp`],
  ["brooklyn-node", `${APACHE}.entity.brooklynnode.BrooklynNode`],
  ["web-app-cluster", `${APACHE}.entity.webapp.ControlledDynamicWebAppCluster`],
]);

/**
 * Today's name of a Java type that an older release of Brooklyn or Clocker had under another: an inner class (`Outer$Inner`)
 * moves with its outer one. A name that did not move is returned as it is.
 */
export function renamedType(name: string): string {
  const dollar = name.indexOf("$");
  const outer = dollar < 0 ? name : name.slice(0, dollar);
  const inner = dollar < 0 ? "" : name.slice(dollar);
  for (const [pattern, to] of clockerMoves) if (pattern.test(outer)) return outer.replace(pattern, to) + inner;
  return (moved(outer) ?? outer) + inner;
}

/** The full name for a short one, in `lower-case` or `CamelCase`. */
export function fullName(name: string): string | undefined {
  return shortNames.get(name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase());
}

function moved(name: string): string | undefined {
  for (const { from, to, only } of moves) {
    if (!name.startsWith(`${from}.`)) continue;
    const rest = name.slice(from.length + 1);
    if (only === undefined || only.includes(rest)) return `${to}.${rest}`;
  }
  return undefined;
}
