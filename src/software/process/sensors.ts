import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { machineSensors, SERVICE_PROCESS_IS_RUNNING } from "../stock/attributes.ts";

/** Sensors of every software process, under Brooklyn's names (reference, A.1). */
export const INSTALL_DIR = sensor("install.dir", types.string, "Folder on the machine that the software is installed in");
export const RUN_DIR = sensor("run.dir", types.string, "Folder on the machine that the software runs in");
export const EXPANDED_INSTALL_DIR = sensor("expandedinstall.dir", types.string, "Folder of the unpacked software");
export const DOWNLOAD_URL_SENSOR = sensor("download.url", types.string, "Where the software was downloaded from");
export const PID_FILE = sensor("softwareprocess.pid.file", types.string, "File on the machine that holds the id of the process");
export const NOT_UP_DIAGNOSTICS = sensor("service.notUp.diagnostics", types.map(types.json), "What was found when it was asked why the service is not up");

export const softwareSensors = [...machineSensors, SERVICE_PROCESS_IS_RUNNING, INSTALL_DIR, RUN_DIR, EXPANDED_INSTALL_DIR, DOWNLOAD_URL_SENSOR, PID_FILE, NOT_UP_DIAGNOSTICS] as const;

/** Sensors that tell of the machine: they go with it. */
export const ofMachine = [...machineSensors, INSTALL_DIR, RUN_DIR, EXPANDED_INSTALL_DIR, PID_FILE, SERVICE_PROCESS_IS_RUNNING] as const;
