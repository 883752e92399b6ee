import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { Resources } from "../../src/management/resources/resource-loader.ts";
import { fakeWork } from "./fake-work.ts";
import { realClock } from "./real-clock.ts";

export const TOMCAT_VERSION = "10.1.60";

/** The archive of a Tomcat, from the Maven repository that this computer knows, kept between runs; undefined where there is none. */
export async function tomcatArchive(): Promise<string | undefined> {
  const resources = new Resources({ clock: realClock, dataDir: join(process.env["XDG_CACHE_HOME"] ?? join(homedir() || tmpdir(), ".cache"), "clocker", "test") });
  try {
    return await resources.file(`mvn:org.apache.tomcat:tomcat:${TOMCAT_VERSION}:tar.gz`, fakeWork());
  } catch {
    return undefined;
  } finally {
    await resources.close();
  }
}
