import type { Entity } from "../../model/entity.ts";
import { serviceFailureDetector } from "../../policy/ha/service-failure-detector.ts";
import { serviceReplacer } from "../../policy/ha/service-replacer.ts";
import { serviceRestarter } from "../../policy/ha/service-restarter.ts";
import { HA_POLICIES } from "../keys.ts";

/** A failure counts when it has lasted this long: an engine that is asked again, a container that somebody stops by hand. */
const STABLE = "10s";

/** With `docker.policy.ha.enable`, a host or container that fails is restarted: a host is set up again and its engine started (Clocker, 3.4). */
export function restartOnFailure(entity: Entity): void {
  if (!entity.config.peek(HA_POLICIES)) return;
  entity.addAdjunct({ type: serviceFailureDetector.name, uniqueTag: "docker-ha-detector", config: { "entityFailed.stabilizationDelay": STABLE, "serviceOnFire.stabilizationDelay": STABLE } });
  entity.addAdjunct({ type: serviceRestarter.name, uniqueTag: "docker-ha-restarter", config: {} });
}

/** With `docker.policy.ha.enable`, a host that restarting does not help is replaced by another. */
export function replaceOnFailure(infrastructure: Entity, hosts: Entity): void {
  if (infrastructure.config.peek(HA_POLICIES)) hosts.addAdjunct({ type: serviceReplacer.name, uniqueTag: "docker-ha-replacer", config: {} });
}
