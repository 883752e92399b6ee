import { defineClusterType } from "../../software/group/dynamic-cluster.ts";
import { DockerCloud } from "../cloud.ts";

/** The hosts of a cloud. A host that holds containers is never removed by a resize (the original's #288 did that). */
export const dockerHostCluster = defineClusterType({
  name: "clocker.docker.entity.DockerHostCluster",
  displayName: "Docker Hosts",
  description: "The hosts of a Docker cloud",
  mayBeEmpty: true,
  rules: {
    removable: (cluster) => {
      const { pool } = DockerCloud.get(cluster);
      return [...cluster.members.values()].filter((host) => (pool.host(host.id)?.containers ?? 0) === 0);
    },
    whyKept: (host) => {
      const containers = DockerCloud.get(host).pool.host(host.id)?.containers ?? 0;
      return `holds ${containers} ${containers === 1 ? "container" : "containers"}`;
    },
    // Nothing may be placed on a host between the choice and its stop.
    claim: (host) => {
      DockerCloud.get(host).pool.setAccepting(host.id, false, "being removed");
    },
    unclaim: (host) => {
      DockerCloud.get(host).pool.setAccepting(host.id, true);
    },
  },
});
