import { configKey } from "../../src/model/config-key.ts";
import { defineEntityType } from "../../src/model/entity-type.ts";
import { sensor } from "../../src/model/sensor.ts";
import { entitySpec, type EntitySpec } from "../../src/model/spec.ts";
import { types } from "../../src/model/types/index.ts";
import { emptySoftwareProcess } from "../../src/software/process/software-process.ts";
import { basicApplication } from "../../src/software/stock/application.ts";

export const HTTP_PORT = configKey("http.port", types.portRange, "Port of the web server", { defaultValue: types.portRange.coerce("8080+") });
export const WEBAPP_URL = sensor("webapp.url", types.uri, "Address of the web application");

/** Software that only takes a machine and a port. */
export const webServer = defineEntityType({
  name: "test.WebServer",
  displayName: "Web Server",
  description: "Takes a machine and a port",
  extends: [emptySoftwareProcess],
  config: [HTTP_PORT],
  sensors: [WEBAPP_URL],
});

/** An application of `count` web servers. */
export function webApplication(count = 1, rest: { location?: string; name?: string; config?: EntitySpec["config"] } = {}): EntitySpec {
  const { location = "my-docker-cloud", name = "Web", config = {} } = rest;
  return entitySpec(basicApplication.name, {
    displayName: name,
    locations: [{ spec: location }],
    children: Array.from({ length: count }, (_, i) => entitySpec(webServer.name, { displayName: `${name} ${i + 1}`, config })),
  });
}
