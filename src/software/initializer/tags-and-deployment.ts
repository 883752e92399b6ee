import type { InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError } from "../../model/errors.ts";
import { sensor } from "../../model/sensor.ts";
import type { Json } from "../../model/spec.ts";
import { types } from "../../model/types/index.ts";

const TAGS = configKey("tags", types.list(types.json), "The tags to add", { constraints: ["required"] });

/** Brooklyn's `EntityInitializers.AddTags`. */
export const addTags: InitializerType = {
  name: "org.apache.brooklyn.core.entity.EntityInitializers$AddTags",
  displayName: "Add tags",
  description: "Adds tags to the entity",
  aliases: ["add-tags-initializer"],
  config: [TAGS],
  apply: (entity, config) => {
    if (config.raw[TAGS.name] === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": AddTags needs tags`, { remedy: 'Give "tags" in its brooklyn.config: a list' });
    // A blueprint's values are JSON.
    for (const tag of (config.get(TAGS) ?? []) as Json[]) if (!entity.tags.some((known) => JSON.stringify(known) === JSON.stringify(tag))) entity.tags.push(tag);
    entity.touch();
  },
};

export const DEPLOYMENT_METADATA = sensor("deployment.metadata", types.map(), "Metadata of this deployment: when it was made");

/** Brooklyn's `AddDeploySensorsInitializer`: tells when the entity was deployed. */
export const addDeploySensors: InitializerType = {
  name: "org.apache.brooklyn.core.entity.AddDeploySensorsInitializer",
  displayName: "Deployment sensors",
  description: "Adds the sensor deployment.metadata, which tells when the entity was deployed",
  aliases: [],
  config: [],
  // The entity's own time: the same after a restart of the server.
  apply: (entity) => entity.set(DEPLOYMENT_METADATA, { deploy_time: entity.createdAt }),
};
