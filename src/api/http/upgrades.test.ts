import { once } from "node:events";
import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { CliHarness } from "../../../test/support/cli-harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.start();
});
afterEach(() => cli.close());

/** Asks with an offer of another protocol, as Java's HTTP client does with each first request. */
function offering(protocol: string, body: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL("/v1/logbook", cli.api.url), { method: "POST", headers: { connection: "Upgrade, HTTP2-Settings", upgrade: protocol, "http2-settings": "AAEAAEAA", "content-type": "application/json" } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

describe("an offer of another protocol", () => {
  it("is passed over: the request is answered, its body read", async () => {
    const answer = await offering("h2c", '{"levels":["ERROR"],"numberOfItems":1}');
    expect(answer.status).toBe(200);
    expect(Array.isArray(JSON.parse(answer.text))).toBe(true);
  });
});

describe("a WebSocket", () => {
  const open = (path: string): WebSocket => new WebSocket(new URL(path, cli.api.url.replace("http", "ws"))).on("error", () => {});

  it("where nothing is, is refused, and its connection ended", async () => {
    const status = await new Promise<number | undefined>((resolve) => {
      open("v1/nothing").once("unexpected-response", (_request, response) => {
        response.resume();
        response.socket.once("close", () => resolve(response.statusCode));
      });
    });
    expect(status).toBe(404);
  });

  it("where none is served, is closed at once", async () => {
    await once(open("v1/server/version"), "close");
  });
});
