import { effector, type EffectorCall } from "../../model/effector.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { ClockerError } from "../../model/errors.ts";
import { types } from "../../model/types/index.ts";
import { STARTABLE, stopForGood } from "../stock/startable.ts";
import { alone } from "./dynamic-cluster.ts";
import { addRegion, dynamicFabric } from "./dynamic-fabric.ts";

/** Brooklyn's `DynamicRegionsFabric`: a fabric whose locations come and go while it runs. */
export const dynamicRegionsFabric = defineEntityType({
  name: "org.apache.brooklyn.entity.group.DynamicRegionsFabric",
  displayName: "Regions Fabric",
  description: "Entities of one kind, one in each location; locations can be added and removed",
  aliases: ["brooklyn.entity.group.DynamicRegionsFabric", "fabric"],
  extends: [dynamicFabric],
  effectors: [
    effector("addRegion", "Starts a member in another location; returns its id", (call) => alone(call.entity, call.work, () => add(call)), {
      parameters: [{ name: "location", type: types.string, description: "Spec of the location" }],
      returnType: "java.lang.String",
    }),
    effector("removeRegion", "Stops and removes the member of a location", (call) => alone(call.entity, call.work, () => remove(call)), {
      parameters: [{ name: "id", type: types.string, description: "Id of the member" }],
    }),
  ],
});

async function add({ entity: fabric, parameters, work }: EffectorCall): Promise<string> {
  const location = fabric.management.locations.resolve({ spec: types.string.coerce(parameters["location"] ?? "") });
  fabric.addLocation(location);
  const member = await addRegion(fabric, location, work);
  if (member.is(STARTABLE)) await member.invoke("start", {}, work);
  return member.id;
}

async function remove({ entity: fabric, parameters, work }: EffectorCall): Promise<void> {
  const id = String(parameters["id"]);
  const member = fabric.members.get(id);
  if (member === undefined) throw new ClockerError("not-found", `Cannot remove region "${id}": it is not a member of "${fabric.displayName}"`);
  const locations = [...member.locations];
  await stopForGood(member, work);
  fabric.management.unmanage(member);
  for (const location of locations) fabric.removeLocation(location);
  await fabric.management.documents.flush();
}
