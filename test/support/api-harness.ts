import { afterEach, beforeEach } from "vitest";
import { createApi, type ApiOptions } from "../../src/api/api.ts";
import type { Api } from "../../src/api/api-context.ts";
import { type FakeServer, fakeServer } from "./fake-server.ts";

export const BLUEPRINT = `
name: Shop
location: test:here
services:
- type: test-service
  name: Web Front
  id: web
  test.size: 4
  test.password: hunter2
  brooklyn.policies:
  - type: org.example.TestPolicy
    brooklyn.config: { policy.size: 7 }
- type: basic-entity
  name: Notes
`;

/** The API over a fake server, every answer checked against its schema. */
export class ApiHarness {
  server: FakeServer;
  api: Api;

  private constructor(server: FakeServer, api: Api) {
    this.server = server;
    this.api = api;
  }

  static async start(serverOptions: Parameters<typeof fakeServer>[0] = {}, apiOptions: ApiOptions = {}): Promise<ApiHarness> {
    const server = fakeServer(serverOptions);
    return new ApiHarness(server, await createApi(server, { checkAnswers: true, ...apiOptions }));
  }

  get(url: string, headers: Record<string, string> = {}) {
    return this.api.inject({ method: "GET", url, headers });
  }

  post(url: string, payload: string | object = "", headers: Record<string, string> = {}) {
    return this.api.inject({ method: "POST", url, payload, headers });
  }

  delete(url: string) {
    return this.api.inject({ method: "DELETE", url });
  }

  /** Deploys, waits for the start, and gives the application's id, its first service's, and that service's path. */
  async deployed(text = BLUEPRINT): Promise<{ app: string; web: string; at: string }> {
    const answer = await this.post("/v1/applications", text, { "content-type": "application/json" });
    if (answer.statusCode !== 201) throw new Error(`Cannot deploy: ${answer.body}`);
    const task = answer.json();
    await this.get(`/v1/activities/${task.id}?timeout=never`);
    const [web] = (await this.get(`/v1/applications/${task.entityId}/entities`)).json();
    return { app: task.entityId, web: web.id, at: `/v1/applications/${task.entityId}/entities/${web.id}` };
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.server.close();
  }
}

/** A new one for each test of the file. */
export function useApi(serverOptions: Parameters<typeof fakeServer>[0] = {}, apiOptions: ApiOptions = {}): () => ApiHarness {
  let harness: ApiHarness | undefined;
  beforeEach(async () => {
    harness = await ApiHarness.start(serverOptions, apiOptions);
  });
  afterEach(() => harness?.close());
  return () => {
    if (harness === undefined) throw new Error("No harness yet");
    return harness;
  };
}
