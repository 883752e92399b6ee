import type { Api, ApiContext } from "../api-context.ts";
import { addAccess } from "./access.ts";
import { addActivities } from "./activities.ts";
import { addAdjuncts } from "./adjuncts.ts";
import { addApplicationTrees } from "./application-trees.ts";
import { addApplications } from "./applications.ts";
import { addAudit } from "./audit.ts";
import { addCatalog } from "./catalog.ts";
import { addCatalogTypes } from "./catalog-types.ts";
import { addConfig } from "./config.ts";
import { addEffectors } from "./effectors.ts";
import { addEntities } from "./entities.ts";
import { addEntityTags } from "./entity-tags.ts";
import { addEvents } from "./events.ts";
import { addExec } from "./exec.ts";
import { addFind } from "./find.ts";
import { addLocations } from "./locations.ts";
import { addLogs } from "./logs.ts";
import { addLogbook } from "./logbook.ts";
import { addLogout } from "./logout.ts";
import { addOverview } from "./overview.ts";
import { addPlans } from "./plans.ts";
import { addPolicies } from "./policies.ts";
import { addScript } from "./script.ts";
import { addSensors } from "./sensors.ts";
import { addServer } from "./server.ts";
import { addUsage } from "./usage.ts";
import { addWorkload } from "./workload.ts";
import { addWebPages } from "./web-pages.ts";
import { addWorkflows } from "./workflows.ts";

const resources: readonly ((api: Api, context: ApiContext) => void)[] = [
  addApplications,
  addApplicationTrees,
  addPlans,
  addEntities,
  addEntityTags,
  addConfig,
  addSensors,
  addEffectors,
  addWorkflows,
  addAdjuncts,
  addPolicies,
  addActivities,
  addLocations,
  addCatalog,
  addCatalogTypes,
  addServer,
  addOverview,
  addAccess,
  addLogout,
  addScript,
  addEvents,
  addFind,
  addWorkload,
  addLogs,
  addExec,
  addUsage,
  addAudit,
  addLogbook,
  addWebPages,
];

/** All routes under `/v1`. */
export function addResources(api: Api, context: ApiContext): void {
  for (const add of resources) add(api, context);
}
