import { setTimeout as sleep } from "node:timers/promises";
import { CliError, exitCodes } from "../exit-codes.ts";

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly title: string;
}

/** The application says that it is up before it is fetched: a page that still doesn't come is late, not for ever. */
const PATIENCE = 30_000;
const PERIOD = 500;
const ATTEMPT = 10_000;

/**
 * Fetches the application's page through its mapped port.
 * @throws CliError when there is no such URL, or it doesn't answer well in time.
 */
export async function fetchPage(urls: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Page> {
  const url = urls["mapped.webapp.url"] ?? urls["mapped.main.uri"] ?? urls["webapp.url"] ?? urls["main.uri"];
  if (url === undefined) throw new CliError(exitCodes.failed, "The application started, but has no URL: none of its entities has the sensor mapped.webapp.url or main.uri");
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const outcome = await attempt(url, signal);
    if (typeof outcome !== "string") return outcome;
    if (Date.now() >= deadline) throw new CliError(exitCodes.failed, `The application started, but its page at ${url} does not come: ${outcome}`);
    await sleep(PERIOD, undefined, { signal });
  }
}

/** The page, or why it didn't come. */
async function attempt(url: string, signal: AbortSignal): Promise<Page | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT)]) });
    const text = await response.text();
    return response.ok ? { url, status: response.status, title: titleOf(text) } : `status ${response.status}`;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
  }
}

function titleOf(html: string): string {
  return (/<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1] ?? "").replaceAll(/\s+/g, " ").trim();
}
