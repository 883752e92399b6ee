import { expect } from "vitest";
import type { ClockerApi } from "./clocker-api.ts";

/** A Tomcat's entity and what it tells. */
export interface Tomcat {
  readonly application: string;
  readonly entity: string;
  readonly sensors: Readonly<Record<string, unknown>>;
}

export async function tomcatOf(api: ClockerApi, application: string): Promise<Tomcat> {
  const { id } = await api.theOnly(application, "TomcatServer");
  return { application, entity: id, sensors: await api.sensors(application, id) };
}

/** One Tomcat with the sample application. */
export function tomcatBlueprint(location: unknown, config: Readonly<Record<string, unknown>> = {}): string {
  const service = { type: "org.apache.brooklyn.entity.webapp.tomcat.TomcatServer", name: "Tomcat", "brooklyn.config": { "wars.root": "classpath://hello-world.war", ...config } };
  return JSON.stringify({ name: "A Tomcat", location, services: [service] });
}

/** Fetches the sample application's page and checks that it is one. */
export async function helloPage(url: unknown): Promise<{ container: string; host: string; server: string }> {
  const response = await fetch(String(url), { signal: AbortSignal.timeout(20_000) });
  const page = await response.text();
  expect(response.status).toBe(200);
  expect(page).toContain("<title>Hello from Clocker</title>");
  const said = (id: string): string => new RegExp(`<dd id="${id}">([^<]*)</dd>`).exec(page)?.[1] ?? "";
  return { container: said("container"), host: said("host"), server: said("server") };
}
