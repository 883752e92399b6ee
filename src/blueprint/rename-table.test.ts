import { describe, expect, it } from "vitest";
import { fullName, renamedType } from "./rename-table.ts";

describe("renamedType", () => {
  it.each([
    ["brooklyn.entity.webapp.tomcat.TomcatServer", "org.apache.brooklyn.entity.webapp.tomcat.TomcatServer"],
    ["brooklyn.entity.basic.BasicApplication", "org.apache.brooklyn.entity.stock.BasicApplication"],
    ["brooklyn.entity.basic.VanillaSoftwareProcess", "org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess"],
    ["brooklyn.entity.basic.DynamicGroup", "org.apache.brooklyn.entity.group.DynamicGroup"],
    ["brooklyn.entity.basic.Lifecycle", "org.apache.brooklyn.core.entity.lifecycle.Lifecycle"],
    ["brooklyn.entity.basic.Attributes", "org.apache.brooklyn.core.entity.Attributes"],
    ["brooklyn.entity.group.DynamicCluster", "org.apache.brooklyn.entity.group.DynamicCluster"],
    ["brooklyn.entity.group.DynamicCluster$NodePlacementStrategy", "org.apache.brooklyn.entity.group.DynamicCluster$NodePlacementStrategy"],
    ["brooklyn.entity.pool.ServerPool", "org.apache.brooklyn.entity.machine.pool.ServerPool"],
    ["brooklyn.entity.software.ssh.SshCommandEffector", "org.apache.brooklyn.core.effector.ssh.SshCommandEffector"],
    ["brooklyn.entity.software.ssh.SshCommandSensor", "org.apache.brooklyn.core.sensor.ssh.SshCommandSensor"],
    ["brooklyn.enricher.basic.Propagator", "org.apache.brooklyn.enricher.stock.Propagator"],
    ["brooklyn.enricher.RollingMeanEnricher", "org.apache.brooklyn.policy.enricher.RollingMeanEnricher"],
    ["brooklyn.policy.ha.ServiceFailureDetector", "org.apache.brooklyn.policy.ha.ServiceFailureDetector"],
    ["brooklyn.event.feed.http.HttpFeed", "org.apache.brooklyn.feed.http.HttpFeed"],
    ["brooklyn.location.basic.SshMachineLocation", "org.apache.brooklyn.location.ssh.SshMachineLocation"],
    ["brooklyn.entity.container.docker.DockerInfrastructure", "clocker.docker.entity.DockerInfrastructure"],
    ["brooklyn.entity.container.docker.DockerContainer", "clocker.docker.entity.container.DockerContainer"],
    ["clocker.docker.entity.DockerContainer", "clocker.docker.entity.container.DockerContainer"],
    ["brooklyn.entity.container.docker.application.VanillaDockerApplication", "clocker.docker.entity.container.application.VanillaDockerApplication"],
    ["brooklyn.location.docker.strategy.BreadthFirstPlacementStrategy", "clocker.docker.location.strategy.basic.BreadthFirstPlacementStrategy"],
    ["brooklyn.location.docker.strategy.affinity.AffinityRulesPlacementStrategy", "clocker.docker.location.strategy.affinity.AffinityRulesPlacementStrategy"],
    ["org.apache.brooklyn.entity.stock.BasicEntity", "org.apache.brooklyn.entity.stock.BasicEntity"],
    ["com.acme.brooklyn.Thing", "com.acme.brooklyn.Thing"],
    ["my-item", "my-item"],
  ])("%s → %s", (old, current) => {
    expect(renamedType(old)).toBe(current);
    expect(renamedType(current)).toBe(current);
  });
});

describe("fullName", () => {
  it.each(["web-app-cluster", "WebAppCluster"])("knows %s", (name) => expect(fullName(name)).toBe("org.apache.brooklyn.entity.webapp.ControlledDynamicWebAppCluster"));
  it("knows nothing else", () => expect(fullName("constructor")).toBeUndefined());
});
