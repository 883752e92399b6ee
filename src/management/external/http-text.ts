import { EnvHttpProxyAgent, request, type Dispatcher } from "undici";
import { ClockerError } from "../../model/errors.ts";

export interface TextRequest {
  /** For messages. */
  readonly supplier: string;
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Milliseconds. */
const TIMEOUT = 20_000;
/** Characters. */
const LONGEST = 1_000_000;

let dispatcher: Dispatcher | undefined;

/**
 * Asks an external config supplier's server, bounded in time and size. What it says is a secret: no message quotes any of it.
 * @throws ClockerError `unreachable` when there is no answer
 */
export async function requestText({ supplier, method, url, headers, body, signal }: TextRequest): Promise<{ status: number; body: string }> {
  dispatcher ??= new EnvHttpProxyAgent({ connect: { timeout: TIMEOUT } });
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
  try {
    const answer = await request(url, { dispatcher, method, headers: { ...headers }, body: body ?? null, signal: bounded, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });
    return { status: answer.statusCode, body: await textOf(answer.body) };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error && "code" in error ? String(error.code) : error instanceof Error ? error.name : "no answer";
    throw new ClockerError("unreachable", `Cannot reach external config supplier "${supplier}": ${reason}`, { remedy: `Check its address and that it runs` });
  }
}

async function textOf(body: Dispatcher.ResponseData["body"]): Promise<string> {
  body.setEncoding("utf8");
  let text = "";
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > LONGEST) throw new Error("The answer is too long");
  }
  return text;
}
