import { EnvHttpProxyAgent, request, type Dispatcher } from "undici";
import { ClockerError, messageOf } from "../../model/errors.ts";

export const httpMethods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;
export type HttpMethod = (typeof httpMethods)[number];

export interface HttpPoll {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** `GET` when absent. */
  readonly method?: HttpMethod;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

export interface HttpReading {
  readonly status: number;
  /** The first `LARGEST_BODY` characters. */
  readonly body: string;
}

const LARGEST_BODY = 1_000_000;
const TIMEOUT = 20_000;

let dispatcher: Dispatcher | undefined;

/**
 * Asks a URL from the management node, as feeds and effectors do: bounded in time and size. Any status is an answer.
 * @throws ClockerError `unreachable` when there is none
 */
export async function readHttp({ url, headers, username, password, method = "GET", body, signal }: HttpPoll): Promise<HttpReading> {
  dispatcher ??= new EnvHttpProxyAgent({ connect: { timeout: TIMEOUT } });
  const authorization = username === undefined ? {} : { authorization: `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}` };
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
  try {
    const answer = await request(url, { dispatcher, method, body: body ?? null, headers: { ...authorization, ...headers }, signal: bounded, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });
    return { status: answer.statusCode, body: await firstOf(answer.body) };
  } catch (error) {
    signal.throwIfAborted();
    throw new ClockerError("unreachable", `Cannot ${method.toLowerCase()} "${url.replace(/\/\/[^/@]*@/, "//")}": ${messageOf(error)}`, { cause: error });
  }
}

async function firstOf(body: Dispatcher.ResponseData["body"]): Promise<string> {
  body.setEncoding("utf8");
  let text = "";
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > LARGEST_BODY) throw new Error(`the answer is longer than ${LARGEST_BODY} characters`);
  }
  return text;
}
