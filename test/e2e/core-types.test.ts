import { beforeAll, describe, expect, it } from "vitest";
import { ClockerServer } from "../support/clocker-server.ts";
import { ownedBy } from "../support/outer-engine.ts";
import { Places } from "../support/places.ts";
import { exposeOnBridge, startRegistry, type TestRegistry } from "../support/registry.ts";
import { autonomicOn } from "./core/autonomic.ts";
import { feedsOn } from "./core/feeds.ts";
import { groups } from "./core/groups.ts";
import { images, publishImage } from "./core/images.ts";
import { softwareOn } from "./core/software.ts";

/**
 * Every core type, for real: in containers, on machines over SSH and on this computer, many at once in one server. What is asserted is what users see:
 * sensors, answers over the network, files; and that a deleted application leaves nothing anywhere.
 */
let server: ClockerServer;
let open: Places | undefined;
let registry: (TestRegistry & { reached: string }) | undefined;

beforeAll(async () => {
  const local = await startRegistry();
  const exposed = await exposeOnBridge(local);
  registry = { ...local, reached: exposed.host };
  server = await ClockerServer.start();
  const [places] = await Promise.all([Places.open(server, { "docker.host.insecureRegistries": [exposed.host] }), publishImage(local)]);
  open = places;
  return async () => {
    await server.dispose();
    await exposed.stop();
    await local.stop();
  };
});

describe.concurrent("core types", () => {
  for (const place of ["container", "ssh", "here"] as const) {
    softwareOn(place, places);
    autonomicOn(place, places);
    feedsOn(place, places);
  }
  groups(places);
  images(places, () => {
    if (registry === undefined) throw new Error("There is no registry");
    return registry;
  });
});

it("after all of it, everything can be removed without a trace", async () => {
  await places().close();
  expect(await server.api.applications()).toEqual([]);
  expect(await ownedBy(server.planeId)).toEqual([]);
});

function places(): Places {
  if (open === undefined) throw new Error("Nothing was opened");
  return open;
}
