import { request } from "node:http";
import { expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

it("large lists arrive whole over a connection, HEAD tells their size, and a reader that goes away in the middle harms nobody", async () => {
  const services = Array.from({ length: 600 }, (_, index) => `- { type: basic-entity, name: "e${index} é" }`).join("\n");
  const { app } = await api().deployed(`name: Many\nservices:\n${services}`);
  const base = await api().api.listen({ host: "127.0.0.1", port: 0 });
  const url = `${base}/v1/applications/${app}/descendants`;
  const answer = await fetch(url);
  const body = await answer.text();
  expect(Number(answer.headers.get("content-length"))).toBe(Buffer.byteLength(body));
  expect(Buffer.byteLength(body)).toBeGreaterThan(256 * 1_024);
  expect(JSON.parse(body)).toHaveLength(601);
  const head = await fetch(url, { method: "HEAD" });
  expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, answer.headers.get("etag"), ""]);
  await new Promise<void>((resolve) => {
    const asked = request(url, (response) => {
      response.once("data", () => {
        response.destroy();
        resolve();
      });
    });
    asked.on("error", () => resolve());
    asked.end();
  });
  expect(await (await fetch(url)).text()).toBe(body);
});
