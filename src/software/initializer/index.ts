import type { InitializerType } from "../../model/adjunct.ts";
import { commandEffector } from "./command-effector.ts";
import { commandSensor } from "./command-sensor.ts";
import { commandSensors } from "./command-sensors.ts";
import { httpSensor } from "./http-sensor.ts";
import { passwordSensor } from "./password-sensor.ts";
import { staticSensor } from "./static-sensor.ts";

export const softwareInitializers: readonly InitializerType[] = [staticSensor, commandSensor, commandSensors, commandEffector, httpSensor, passwordSensor];
