import { expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";
import { describedRoutes } from "../../../test/support/api-routes.ts";

const api = useApi();

/** Lists that have a limit of their own, the interesting items first; and how long something lasts by now. */
const own = /\/(activities|children|audit|usage\/\w+)$/;

it("every list is paged, counted, and sent once: If-None-Match gets 304", async () => {
  const { app, web } = await api().deployed();
  const [policy] = (await api().get(`/v1/applications/${app}/entities/${web}/policies`)).json<{ id: string }[]>();
  await api().post("/v1/catalog", "brooklyn.catalog:\n  bundle: mine\n  version: 1.0.0\n  items:\n  - { id: one, itemType: entity, item: { type: test-service } }\n  - { id: two, itemType: entity, item: { type: test-service } }\n");
  const values: Record<string, string> = { application: app, entity: web, policy: policy?.id ?? "", adjunct: policy?.id ?? "", id: "one", name: "mine", version: "1.0.0" };
  const lists = (await describedRoutes(api().api)).filter(({ method, operation }) => method === "GET" && (operation.responses["200"]?.content?.["application/json"]?.schema as { type?: string } | undefined)?.type === "array");
  const faults: string[] = [];
  for (const { path, operation } of lists) {
    const url = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? "none");
    if (own.test(path) && !path.endsWith("entities/{entity}/children")) continue;
    const whole = await api().get(url);
    const tag = whole.headers["etag"];
    if (whole.statusCode !== 200 || tag === undefined) faults.push(`${url}: ${whole.statusCode}, no ETag`);
    const again = await api().get(url, { "if-none-match": String(tag) });
    if (again.statusCode !== 304 || again.body !== "") faults.push(`${url}: ${again.statusCode} for what is known`);
    const names = (operation.parameters ?? []).map(({ name }) => name);
    if (!names.includes("limit") || !names.includes("from")) faults.push(`${url}: not paged`);
    const all = whole.json<unknown[]>();
    const page = await api().get(`${url}?limit=1&from=1`);
    if (JSON.stringify(page.json()) !== JSON.stringify(all.slice(1, 2)) || page.headers["x-total-count"] !== String(all.length)) faults.push(`${url}: its second page is ${page.body.slice(0, 100)} of ${String(page.headers["x-total-count"])}`);
  }
  expect([faults, lists.length > 25]).toEqual([[], true]);
}, 60_000);
