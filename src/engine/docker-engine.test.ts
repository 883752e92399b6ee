import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { ClockerError, messageOf, remedyOf } from "../model/errors.ts";
import { openEngine } from "./docker-engine.ts";
import type { Engine } from "./engine.ts";

/** A server that answers as the given handlers say, by method and path without the version; everything else is 404. */
class StubEngine {
  readonly requests: IncomingMessage[] = [];
  readonly engine: Engine;
  readonly #server: Server;
  readonly #handlers: Readonly<Record<string, RequestListener>>;

  constructor(handlers: Readonly<Record<string, RequestListener>>) {
    this.#handlers = { "GET /version": (_request, response) => answer(response, VERSION), ...handlers };
    this.#server = createServer((request, response) => this.#handle(request, response));
    const listening = new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.engine = openEngine({ name: "stub", connect: () => listening.then(() => this.#connect()) });
  }

  async stop(): Promise<void> {
    await this.engine.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #connect(): Promise<Socket> {
    const address = this.#server.address();
    const socket = connect(address !== null && typeof address === "object" ? address.port : 0, "127.0.0.1");
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return socket;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request);
    const path = (request.url ?? "").replace(/^\/v[\d.]+/, "").replace(/\?.*/, "");
    const handler = this.#handlers[`${request.method} ${path}`] ?? ((_request, missing) => answer(missing, { message: "page not found" }, 404));
    handler(request, response);
  }
}

const VERSION = { Version: "20.10.24", ApiVersion: "1.41", MinAPIVersion: "1.12", Os: "linux", Arch: "amd64" };

function answer(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

function lines(...values: unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\r\n`).join("");
}

describe("openEngine()", () => {
  const open: StubEngine[] = [];
  const stub = (handlers: Readonly<Record<string, RequestListener>> = {}): StubEngine => {
    const made = new StubEngine(handlers);
    open.push(made);
    return made;
  };
  afterEach(async () => void (await Promise.all(open.splice(0).map((one) => one.stop()))));

  it("agrees on the API version once, and asks in that version", async () => {
    const { engine, requests } = stub({ "GET /images/json": (_request, response) => answer(response, []) });
    await Promise.all([engine.listImages(), engine.listImages(), engine.listImages()]);
    expect(requests.map((request) => request.url)).toEqual(["/version", "/v1.41/images/json", "/v1.41/images/json", "/v1.41/images/json"]);
  });

  it("sends a registry's login as the engine wants it", async () => {
    let header = "";
    const { engine } = stub({
      "POST /images/create": (request, response) => {
        header = String(request.headers["x-registry-auth"]);
        answer(response, lines({ status: "Pulling from team/app", id: "1" }));
      },
    });
    await engine.pullImage("hub:5000/team/app:1", { registryAuth: { username: "me", password: "söcret", server: "hub:5000" } });
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({ username: "me", password: "söcret", serveraddress: "hub:5000" });
  });

  it("gives one line for each change of a layer's status", async () => {
    const tick = (current: number): unknown => ({ status: "Downloading", id: "layer", progressDetail: { current, total: 9 } });
    const { engine } = stub({ "POST /images/create": (_request, response) => answer(response, lines({ status: "Pulling" }, tick(1), tick(5), { status: "Pull complete", id: "layer" })) });
    const seen: string[] = [];
    await engine.pullImage("app", { onProgress: (line) => void seen.push(line) });
    expect(seen).toEqual(["Pulling", "layer: Downloading", "layer: Pull complete"]);
  });

  it("makes an error in the middle of a successful answer an error", async () => {
    const { engine } = stub({
      "POST /images/create": (_request, response) => answer(response, lines({ status: "Pulling" }, { errorDetail: { message: "no space left on device" }, error: "no space left on device" })),
      "POST /build": (request, response) => void text(request).then(() => answer(response, lines({ stream: "Step 1/1 : RUN make\n" }, { stream: "cc: not" }, { stream: " found\n" }, { error: "returned a non-zero code: 127" }))),
    });
    await expect(engine.pullImage("app", {})).rejects.toMatchObject({ code: "engine-error", message: 'Cannot pull image "app" on engine "stub": no space left on device' });
    await expect(engine.buildImage(Buffer.alloc(0), { tag: "app" })).rejects.toMatchObject({
      code: "build-failed",
      message: 'Cannot build image "app" on engine "stub": returned a non-zero code: 127\nStep 1/1 : RUN make\ncc: not found',
      details: { output: ["Step 1/1 : RUN make", "cc: not found"] },
    });
  });

  it("says what it was about to do, and what the engine said", async () => {
    const { engine } = stub({ "POST /containers/web/start": (_request, response) => answer(response, { message: "no cgroups\n" }, 500) });
    await expect(engine.startContainer("web")).rejects.toMatchObject({ code: "engine-error", message: 'Cannot start container "web" on engine "stub": no cgroups', details: { status: 500 } });
  });

  it("says which part of an answer it does not understand", async () => {
    const { engine } = stub({
      "GET /images/json": (_request, response) => answer(response, [{ Id: 7, RepoTags: [] }]),
      "GET /info": (_request, response) => answer(response, "<html>", 200),
    });
    await expect(engine.listImages()).rejects.toMatchObject({ code: "engine-error", message: expect.stringContaining("0.Id") });
    await expect(engine.info()).rejects.toMatchObject({ code: "engine-error", message: expect.stringContaining("not JSON") });
  });

  it("a progress that breaks off is unreachable, not finished", async () => {
    const { engine } = stub({
      "POST /images/create": (_request, response) => {
        response.writeHead(200);
        response.write(lines({ status: "Pulling" }), () => response.destroy());
      },
    });
    await expect(engine.pullImage("app", {})).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining('pull image "app"') });
  });

  it("cancels a request that waits for its answer", async () => {
    const stop = new AbortController();
    const { engine } = stub({ "GET /info": () => stop.abort() });
    await expect(engine.info(stop.signal)).rejects.toMatchObject({ code: "cancelled" });
  });

  it("a refused exec tells the engine's reason", async () => {
    const { engine } = stub({
      "POST /containers/web/exec": (_request, response) => answer(response, { Id: "e1" }, 201),
      "POST /exec/e1/start": (_request, response) => answer(response, { message: "container web is paused" }, 409),
    });
    await expect(engine.exec("web", { argv: ["true"] })).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("is paused") });
  });

  it("close() ends what is open, and refuses what comes after", async () => {
    const { engine } = stub({ "GET /info": () => void engine.close() });
    await expect(engine.info()).rejects.toMatchObject({ code: "unreachable" });
    await expect(engine.info()).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("ask for information") });
  });
});

describe("openEngine() without a connection", () => {
  it("fails all who wait as soon as connecting fails, with the connection's reason and remedy", async () => {
    let attempts = 0;
    const engine = openEngine({
      name: "far",
      connect: async () => {
        attempts++;
        throw new ClockerError("unreachable", "Cannot connect to root@far:22 over SSH: connection refused", { remedy: "Start the SSH server" });
      },
    });
    const failures = await Promise.all(Array.from({ length: 100 }, () => engine.info().catch((error: unknown) => error)));
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: "unreachable" });
      expect(messageOf(failure)).toBe('Cannot ask for information: engine "far" cannot be reached: Cannot connect to root@far:22 over SSH: connection refused');
      expect(remedyOf(failure)).toBe("Start the SSH server");
    }
    expect(attempts).toBe(1);
    await engine.close();
  });

  it("gives up a connection that does not open in time, and closes it when it comes late", async () => {
    let aborted = false;
    const engine = openEngine({ name: "slow", connectTimeout: 20, connect: (signal) => new Promise(() => signal.addEventListener("abort", () => void (aborted = true))) });
    await expect(engine.info()).rejects.toSatisfy((error) => messageOf(error).includes("no connection within 0.02 s"));
    expect(aborted).toBe(true);
    await engine.close();
  });

  it("passes on that a host key is not trusted", async () => {
    const mismatch = new ClockerError("host-key-mismatch", "Cannot trust root@far:22");
    const engine = openEngine({ name: "far", connect: () => Promise.reject(mismatch) });
    await expect(engine.info()).rejects.toBe(mismatch);
    await engine.close();
  });
});
