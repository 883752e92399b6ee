import { EnvHttpProxyAgent, request, type Dispatcher } from "undici";
import { ClockerError, messageOf } from "../../../model/errors.ts";
import { isRecord } from "../../../model/predicate/subject.ts";
import { types } from "../../../model/types/index.ts";
import { runOnMachine } from "../../feed/machine-command.ts";
import { wholeText } from "../../feed/output.ts";
import { asVariables } from "../../process/environment.ts";
import { holds } from "../conditions.ts";
import { asScript, interpolated } from "../interpolate.ts";
import { shownAs } from "../scope.ts";
import type { StepCall, StepType } from "../step-type.ts";

const ssh: StepType = {
  name: "ssh",
  form: "ssh COMMAND",
  keys: ["command", "env", "entity", "working_dir"],
  note: "On the entity's machine, however that is reached. `${...}` of the workflow reach the command as variables of its shell, so they are not filled in between single quotes. The output is `{stdout}`; an exit code other than 0 fails the step",
  shorthand: (text) => ({ command: text }),
  run: async (call) => {
    const entity = await call.target();
    const script = await asScript(String(call.step.fields["command"] ?? ""), call.scope, call.work);
    if (script.text.trim() === "") throw new ClockerError("invalid-value", '"ssh" needs a command');
    const env = (await call.get("env")) ?? {};
    const cwd = call.step.fields["working_dir"] === undefined ? {} : { cwd: await call.text("working_dir") };
    const stdout = await runOnMachine(entity, { phase: `run a workflow's command on`, text: script.text, env: { ...asVariables(isRecord(env) ? env : {}, "the environment of a workflow's step"), ...script.env }, ...cwd }, call.work);
    return { stdout: wholeText(stdout), exit_code: 0 };
  },
};

const invokeEffector: StepType = {
  name: "invoke-effector",
  form: "invoke-effector NAME [on ENTITY] [with KEY = VALUE [and KEY = VALUE]]",
  keys: ["effector", "args", "entity"],
  shorthand: (text) => {
    const match = /^(\S+)(?:\s+on\s+(\$\{[^{}]*\}|\S+))?(?:\s+with\s+(.+))?$/s.exec(text);
    if (match === null) return undefined;
    const [, effector, entity, args] = match;
    return { effector, ...(entity === undefined ? {} : { entity }), ...(args === undefined ? {} : { args: argumentsIn(args) }) };
  },
  run: async (call) => {
    const args = (await call.get("args")) ?? {};
    if (!isRecord(args)) throw new ClockerError("invalid-value", 'The "args" of an effector must be a map');
    return (await (await call.target()).invoke(await call.text("effector"), args, call.work)) ?? null;
  },
};

function argumentsIn(text: string): Record<string, string> {
  return Object.fromEntries(text.split(/\s+and\s+|\s*,\s*/).map((pair) => {
    const [, key = "", value = ""] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(pair) ?? [];
    return [key, value.replace(/^(["'])(.*)\1$/s, "$2")];
  }));
}

/** Milliseconds, characters. */
const TIMEOUT = 60_000;
const LONGEST = 1_000_000;
const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;
let dispatcher: Dispatcher | undefined;

const http: StepType = {
  name: "http",
  form: "http [METHOD] URL",
  keys: ["endpoint", "method", "query", "body", "headers", "username", "password", "status_code_check"],
  note: "From the management server. The output is `{status_code, headers, content, content_json}`; a status other than 200 to 299 fails the step unless `status_code_check` holds",
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
    const check = call.step.fields["status_code_check"];
    const isGood = check === undefined ? answer.status_code >= 200 && answer.status_code <= 299 : await holds(await interpolated(check, call.scope, call.work), call.scope, call.work, answer.status_code);
    if (!isGood) throw new ClockerError("unreachable", `"${url.host}${url.pathname}" answered ${answer.status_code}`);
    return answer;
  },
};

async function urlOf(call: StepCall): Promise<URL> {
  const text = await call.text("endpoint");
  if (!URL.canParse(text)) throw new ClockerError("invalid-value", `Cannot use ${JSON.stringify(text)} as an address: expected http://... or https://...`);
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

async function ask(url: URL, options: { method: (typeof methods)[number]; headers: Record<string, string>; body: string | null }, call: StepCall) {
  dispatcher ??= new EnvHttpProxyAgent({ connect: { timeout: TIMEOUT } });
  const { signal } = call.work;
  try {
    const answer = await request(url, { ...options, dispatcher, signal, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });
    let content = "";
    answer.body.setEncoding("utf8");
    for await (const chunk of answer.body) {
      content += String(chunk);
      if (content.length > LONGEST) throw new Error(`the answer is longer than ${LONGEST} characters`);
    }
    call.work.log(`${answer.statusCode}, ${content.length} characters`);
    return { status_code: answer.statusCode, headers: answer.headers, content, content_json: jsonIn(content) };
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

export const remoteSteps: readonly StepType[] = [ssh, invokeEffector, http];
