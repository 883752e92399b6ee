import { Agent, EnvHttpProxyAgent, request, type Dispatcher } from "undici";
import { ClockerError, messageOf } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import { types } from "../../../model/types/index.ts";
import { holds } from "../conditions.ts";
import { shownAs } from "../scope.ts";
import type { StepCall, StepType } from "../step-type.ts";

/** Milliseconds, bytes. */
const TIMEOUT = 60_000;
const LONGEST = 1_000_000;
const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;
let usual: Dispatcher | undefined;
let trusting: Dispatcher | undefined;

/** Asks a server. */
export const httpStep: StepType = {
  name: "http",
  form: "http [METHOD] URL",
  keys: ["endpoint", "method", "query", "body", "headers", "username", "password", "status_code", "status_code_check", "charset", "config"],
  note: "From the management server; `https://` unless the URL says. The output is `{status_code, headers, content, content_json, duration}`; a status other than 200 to 399 fails the step unless `status_code` says. With `config: {trustAll: true}` any certificate is taken. Redirects are not followed",
  isIdempotent: false,
  shorthand: (text) => {
    const [, method, endpoint] = /^(?:(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)\s+)?(\S+)$/i.exec(text) ?? [];
    return endpoint === undefined ? undefined : { endpoint, ...(method === undefined ? {} : { method }) };
  },
  run: async (call) => {
    const url = await urlOf(call);
    const method = methods.find((each) => each === shownAs(call.step.fields["method"] ?? "GET").toUpperCase());
    if (method === undefined) throw new ClockerError("invalid-value", `There is no HTTP method "${shownAs(call.step.fields["method"])}"`, { remedy: `Methods are ${methods.join(", ")}` });
    const body = await call.get("body");
    const headers = { ...(await credentials(call)), ...(typeof body === "object" && body !== null ? { "content-type": "application/json" } : {}), ...types.map(types.string).coerce((await call.get("headers")) ?? {}) };
    const answer = await ask(url, { method, headers, body: body === undefined ? null : shownAs(body) }, call);
    const check = call.step.fields["status_code"] ?? call.step.fields["status_code_check"];
    const isGood = check === undefined ? answer.status_code >= 200 && answer.status_code < 400 : String(check).toLowerCase() === "any" || (await holds(check, call.scope, call.work, answer.status_code));
    if (isGood) return answer;
    call.instance.output = answer;
    throw new ClockerError("unreachable", `"${url.host}${url.pathname}" answered ${answer.status_code}`, { details: { status_code: answer.status_code } });
  },
};

async function urlOf(call: StepCall): Promise<URL> {
  const given = await call.text("endpoint");
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) || /^file:/i.test(given) ? given : `https://${given}`;
  if (!URL.canParse(text)) throw new ClockerError("invalid-value", `Cannot use ${JSON.stringify(given)} as an address: expected http://... or https://...`);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new ClockerError("invalid-value", `Cannot use an address of "${url.protocol}": expected http: or https:`);
  for (const [name, value] of Object.entries(types.map(types.string).coerce((await call.get("query")) ?? {}))) url.searchParams.set(name, value);
  return url;
}

async function credentials(call: StepCall): Promise<Record<string, string>> {
  if (call.step.fields["username"] === undefined) return {};
  const password = shownAs((await call.get("password")) ?? "");
  return { authorization: `Basic ${Buffer.from(`${await call.text("username")}:${password}`).toString("base64")}` };
}

async function dispatcherOf(call: StepCall): Promise<Dispatcher> {
  const config = await call.get("config");
  const isTrusting = isRecord(config) && (config["trustAll"] === true || config["trustSelfSigned"] === true);
  if (isTrusting) return (trusting ??= new Agent({ connect: { timeout: TIMEOUT, rejectUnauthorized: false } }));
  return (usual ??= new EnvHttpProxyAgent({ connect: { timeout: TIMEOUT } }));
}

async function ask(url: URL, options: { method: (typeof methods)[number]; headers: Record<string, string>; body: string | null }, call: StepCall) {
  const { signal } = call.work;
  const { clock } = call.entity.management;
  const begin = clock.now();
  const charset = shownAs((await call.get("charset")) ?? "utf-8");
  try {
    const answer = await request(url, { ...options, dispatcher: await dispatcherOf(call), signal, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      size += chunk.length;
      if (size > LONGEST) throw new Error(`the answer is longer than ${LONGEST} bytes`);
    }
    const content = new TextDecoder(charset).decode(Buffer.concat(chunks));
    call.work.log(`${answer.statusCode}, ${size} bytes`);
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value : [value ?? ""]]));
    return { status_code: answer.statusCode, headers, content, content_json: jsonIn(content), duration: `${clock.now() - begin}ms` };
  } catch (cause) {
    signal.throwIfAborted();
    throw new ClockerError("unreachable", `Cannot reach "${url.host}": ${messageOf(cause)}`, { cause });
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
