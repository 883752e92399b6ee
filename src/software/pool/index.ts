import type { EntityType } from "../../model/entity-type.ts";
import { machineEntity } from "./machine-entity.ts";
import { serverPool } from "./server-pool.ts";

export const poolEntityTypes: readonly EntityType[] = [machineEntity, serverPool];
