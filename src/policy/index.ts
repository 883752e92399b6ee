import type { AdjunctType } from "../model/adjunct.ts";
import { invokeEffectorOnCollectionSensorChange } from "./action/invoke-on-collection-change.ts";
import { invokeEffectorOnSensorChange } from "./action/invoke-on-sensor-change.ts";
import { periodicEffectorPolicy } from "./action/periodic-effector.ts";
import { scheduledEffectorPolicy } from "./action/scheduled-effector.ts";
import { stopAfterDurationPolicy } from "./action/stop-after-duration.ts";
import { autoScalerPolicy } from "./autoscaling/auto-scaler.ts";
import { electPrimaryPolicy } from "./failover/elect-primary.ts";
import { primaryRunningEnricher, propagatePrimaryEnricher } from "./failover/primary-enrichers.ts";
import { groupsChangePolicy } from "./group/groups-change.ts";
import { conditionalSuspendPolicy } from "./ha/conditional-suspend.ts";
import { connectionFailureDetector } from "./ha/connection-failure-detector.ts";
import { serviceFailureDetector } from "./ha/service-failure-detector.ts";
import { serviceReplacer } from "./ha/service-replacer.ts";
import { serviceRestarter } from "./ha/service-restarter.ts";
import { sshMachineFailureDetector } from "./ha/ssh-machine-failure-detector.ts";

/** Every policy that works on any entity, and the enrichers that belong to them. */
export const policyTypes: readonly AdjunctType[] = [
  autoScalerPolicy,
  primaryRunningEnricher,
  propagatePrimaryEnricher,
  conditionalSuspendPolicy,
  connectionFailureDetector,
  serviceFailureDetector,
  serviceReplacer,
  serviceRestarter,
  sshMachineFailureDetector,
  invokeEffectorOnCollectionSensorChange,
  invokeEffectorOnSensorChange,
  periodicEffectorPolicy,
  scheduledEffectorPolicy,
  stopAfterDurationPolicy,
  groupsChangePolicy,
  electPrimaryPolicy,
];
