import { ClockerError } from "../../model/errors.ts";

/** A URL as messages and logs show it: without user name and password. */
export function shownUrl(url: string): string {
  const shown = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, "$1");
  return shown.length > 300 ? `${shown.slice(0, 300)}...` : shown;
}

export function downloadFailed(url: string, reason: string, options: { cause?: unknown; remedy?: string; details?: Record<string, unknown> } = {}): ClockerError {
  const { cause, remedy, details } = options;
  return new ClockerError("download-failed", `Cannot download "${shownUrl(url)}": ${reason}`, {
    remedy: remedy ?? "Check the address and that the management node can reach it, or put the file where the management node can read it and give a file: URL",
    details: { url: shownUrl(url), ...details },
    ...(cause === undefined ? {} : { cause }),
  });
}

export function resourceNotFound(url: string, details: Record<string, unknown> = {}, remedy = "Check the address"): ClockerError {
  return new ClockerError("not-found", `There is no resource "${shownUrl(url)}"`, { remedy, details: { url: shownUrl(url), ...details } });
}

export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
