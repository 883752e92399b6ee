import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { ClockerError, messageOf } from "../../model/errors.ts";
import type { Api } from "../api-context.ts";

/**
 * How a route reads its body, whatever the Content-Type says: Brooklyn's clients send YAML as JSON and JSON as text (reference, trap 1).
 * `plan`: text, or the field `plan` of a form; `json`: a JSON value, or bare text; `values`: a JSON object or a form; `text`: text as it is; `bytes`: as they came.
 */
export type BodyKind = "plan" | "json" | "values" | "text" | "bytes";

declare module "fastify" {
  interface FastifyContextConfig {
    body?: BodyKind;
  }
}

/** A body that is read as bytes. */
export const Bytes = z.custom<Buffer>((value) => Buffer.isBuffer(value)).meta({ type: "string", format: "binary" });

/** Bytes of the largest body. */
export const BODY_LIMIT = 4 * 1024 * 1024;
/** Bytes of the largest archive: a catalog bundle, exported state. */
export const ARCHIVE_LIMIT = 32 * 1024 * 1024;

const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(;|$)/;
const FORM = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data";

/** Content types that documentation names for each kind; others are taken as well. */
export const consumes = {
  plan: ["application/yaml", "application/x-yaml", "text/yaml", "application/json", "text/plain", FORM, MULTIPART],
  json: ["application/json", "text/plain"],
  values: ["application/json", FORM],
  text: ["application/x-yaml", "application/json", "text/plain"],
  bytes: ["application/x-yaml", "application/x-zip", "application/x-jar", "application/octet-stream"],
} as const satisfies Record<BodyKind, readonly string[]>;

/** Takes bodies of any type as bytes, and turns them into what the route's schema describes before it is validated. */
export function readBodies(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addHook("onRequest", async ({ raw: { headers } }) => {
    // Fastify refuses what is no media type, such as `yaml`: here the body is looked at, not its type.
    if (headers["content-type"] !== undefined && !MEDIA_TYPE.test(headers["content-type"])) headers["content-type"] = "application/octet-stream";
  });
  api.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_LIMIT }, (_request, body, done) => done(null, body));
  api.addHook("preValidation", async (request) => {
    const kind = request.routeOptions.config.body;
    if (kind !== undefined) request.body = await readers[kind](bytesOf(request.body), request);
  });
}

const readers: Readonly<Record<BodyKind, (body: Buffer, request: FastifyRequest) => unknown>> = {
  plan: readPlan,
  json: (body) => jsonOrText(textOf(body)),
  values: readValues,
  text: textOf,
  bytes: readBytes,
};

function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function typeOf(request: FastifyRequest): string {
  return (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

async function readPlan(body: Buffer, request: FastifyRequest): Promise<string> {
  const type = typeOf(request);
  if (type === MULTIPART) {
    const plan = (await multipartFields(body, request)).get("plan");
    if (plan === undefined) throw new ClockerError("invalid-request", `Cannot read the form: it has no field "plan"`);
    return plan;
  }
  const text = textOf(body);
  // `curl --data-binary @file` calls everything a form: without the field it is the plan itself.
  return (type === FORM ? new URLSearchParams(text).get("plan") : null) ?? text;
}

/** The body itself, or the first file of a form. */
async function readBytes(body: Buffer, request: FastifyRequest): Promise<Buffer> {
  if (typeOf(request) !== MULTIPART) return body;
  for (const value of (await multipart(body, request)).values()) if (typeof value !== "string") return Buffer.from(await value.arrayBuffer());
  throw new ClockerError("invalid-request", "Cannot read the form: it has no file");
}

function readValues(body: Buffer, request: FastifyRequest): unknown {
  const text = textOf(body);
  if (text.trim() === "") return {};
  if (typeOf(request) !== FORM || text.trimStart().startsWith("{")) return parseJson(text);
  const values: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = Object.hasOwn(values, name) ? values[name] : undefined;
    define(values, name, before === undefined ? value : Array.isArray(before) ? [...(before as unknown[]), value] : [before, value]);
  }
  return values;
}

/** As a property of its own even when it is called `__proto__`. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

/** The text fields and small files of a multipart form; Node's own reader. */
async function multipartFields(body: Buffer, request: FastifyRequest): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  for (const [name, value] of await multipart(body, request)) fields.set(name, typeof value === "string" ? value : await value.text());
  return fields;
}

async function multipart(body: Buffer, request: FastifyRequest): Promise<Map<string, string | File>> {
  try {
    const response = new Response(new Uint8Array(body), { headers: { "content-type": request.headers["content-type"] ?? MULTIPART } });
    return new Map([...(await response.formData())]);
  } catch (error) {
    throw new ClockerError("invalid-request", "Cannot read the multipart form", { cause: error });
  }
}

/** JSON; or, as Brooklyn's own client sends it, bare text that doesn't look like JSON. */
function jsonOrText(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  try {
    return JSON.parse(trimmed) as unknown;
  } catch (error) {
    if (!/^[{["]/.test(trimmed)) return text;
    throw new ClockerError("invalid-request", `Invalid JSON: ${messageOf(error)}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ClockerError("invalid-request", `Invalid JSON: ${messageOf(error)}`);
  }
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (error) {
    throw new ClockerError("invalid-request", "Cannot read the body: it is not UTF-8 text", { cause: error });
  }
}
