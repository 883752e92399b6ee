import type { Readable } from "node:stream";
import { EnvHttpProxyAgent, request, type Dispatcher } from "undici";
import { messageOf } from "../../model/errors.ts";
import { downloadFailed, resourceNotFound } from "./failures.ts";

export interface HttpAnswer {
  /** False when the server said that what the caller has is still current. */
  readonly isModified: boolean;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** Never longer than the limit: it fails before. */
  readonly body: Readable;
}

export interface HttpFetchOptions {
  readonly signal: AbortSignal;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

const REDIRECTS = 8;
const CONNECT_TIMEOUT = 15_000;
const HEADERS_TIMEOUT = 60_000;
/** Of silence in the middle of an answer. */
const BODY_TIMEOUT = 60_000;

/** Gets http and https URLs: follows redirects, goes through the proxies that the environment names, ends with the signal. */
export class HttpFetcher {
  #dispatcher: Dispatcher | undefined;

  /**
   * Opens a URL; the caller reads the body to its end or destroys it.
   * @throws ClockerError `not-found` for 404 and 410, `download-failed` otherwise
   */
  async open(url: string, options: HttpFetchOptions): Promise<HttpAnswer> {
    let current = parseUrl(url, url);
    for (let redirects = 0; redirects <= REDIRECTS; redirects++) {
      const answer = await this.#get(url, current, options);
      const { statusCode, headers, body } = answer;
      const location = first(headers["location"]);
      if ([301, 302, 303, 307, 308].includes(statusCode) && location !== undefined) {
        await body.dump();
        current = redirected(url, current, location);
        continue;
      }
      if (statusCode === 200 || statusCode === 304) {
        if (statusCode === 304) await body.dump();
        // Whoever reads the body sees its error; the error of one that is left in the middle must not end the server.
        body.on("error", () => {});
        return { isModified: statusCode === 200, etag: first(headers["etag"]), lastModified: first(headers["last-modified"]), body };
      }
      await body.dump();
      if (statusCode === 404 || statusCode === 410) throw resourceNotFound(url, { status: statusCode });
      throw downloadFailed(url, `the server answered ${statusCode}`, { details: { status: statusCode } });
    }
    throw downloadFailed(url, `it is redirected more than ${REDIRECTS} times`);
  }

  /** A short text, such as a checksum: its first `limit` characters. @throws as `open` */
  async text(url: string, limit: number, signal: AbortSignal): Promise<string> {
    const { body } = await this.open(url, { signal });
    let content = "";
    try {
      for await (const chunk of body.setEncoding("utf8")) {
        content += String(chunk);
        if (content.length >= limit) break;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw downloadFailed(url, messageOf(error), { cause: error });
    }
    return content.slice(0, limit);
  }

  async close(): Promise<void> {
    await this.#dispatcher?.close();
    this.#dispatcher = undefined;
  }

  async #get(url: string, current: URL, { signal, etag, lastModified }: HttpFetchOptions): Promise<Dispatcher.ResponseData> {
    this.#dispatcher ??= new EnvHttpProxyAgent({ connect: { timeout: CONNECT_TIMEOUT } });
    const headers: Record<string, string> = { "user-agent": "Clocker", accept: "*/*" };
    if (current.username !== "") headers["authorization"] = `Basic ${Buffer.from(`${decodeURIComponent(current.username)}:${decodeURIComponent(current.password)}`).toString("base64")}`;
    if (etag !== undefined) headers["if-none-match"] = etag;
    else if (lastModified !== undefined) headers["if-modified-since"] = lastModified;
    const plain = new URL(current);
    plain.username = "";
    plain.password = "";
    try {
      return await request(plain, { dispatcher: this.#dispatcher, headers, signal, headersTimeout: HEADERS_TIMEOUT, bodyTimeout: BODY_TIMEOUT });
    } catch (error) {
      signal.throwIfAborted();
      throw downloadFailed(url, messageOf(error), { cause: error });
    }
  }
}

/** The next address of a redirect. Credentials are not carried to another host, and https is not left. */
function redirected(url: string, current: URL, location: string): URL {
  const next = parseUrl(URL.canParse(location, current.href) ? new URL(location, current.href).href : location, url);
  if (current.protocol === "https:" && next.protocol !== "https:") throw downloadFailed(url, "it is redirected from https to http");
  if (next.origin === current.origin && next.username === "") {
    next.username = current.username;
    next.password = current.password;
  }
  return next;
}

function parseUrl(text: string, url: string): URL {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) throw downloadFailed(url, `"${text.slice(0, 100)}" is not an http or https URL`);
  return parsed;
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
