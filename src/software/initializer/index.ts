import type { InitializerType } from "../../model/adjunct.ts";
import { addChildrenEffector } from "./add-children-effector.ts";
import { childrenBatchEffector, compositeEffector, proxyEffector } from "./child-effectors.ts";
import { commandEffector } from "./command-effector.ts";
import { commandSensor } from "./command-sensor.ts";
import { commandSensors } from "./command-sensors.ts";
import { durationSinceSensor } from "./duration-since.ts";
import { functionSensor } from "./function-sensor.ts";
import { httpEffector } from "./http-effector.ts";
import { httpSensor } from "./http-sensor.ts";
import { addMachineMetrics } from "./machine-metrics.ts";
import { maxConcurrencySensor } from "./max-concurrency.ts";
import { passwordSensor } from "./password-sensor.ts";
import { staticSensor } from "./static-sensor.ts";
import { addDeploySensors, addTags } from "./tags-and-deployment.ts";

export const softwareInitializers: readonly InitializerType[] = [
  ...[staticSensor, commandSensor, commandSensors, httpSensor, passwordSensor, functionSensor, durationSinceSensor, maxConcurrencySensor, addMachineMetrics],
  ...[commandEffector, httpEffector, addChildrenEffector, compositeEffector, proxyEffector, childrenBatchEffector],
  ...[addTags, addDeploySensors],
];
