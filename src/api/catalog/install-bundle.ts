import type { Server } from "../../management/server.ts";
import { ClockerError } from "../../model/errors.ts";
import { failureOf } from "../http/failures.ts";
import type { ApiError } from "../shapes/api-error.ts";
import { type BundleResult, catalogItemSummary, type CatalogItemSummary } from "../shapes/catalog-summary.ts";
import type { CatalogEntries } from "./catalog-entries.ts";

export interface Installation {
  /** 201 when something new is there, 200 when all of it was there already. */
  readonly status: 200 | 201;
  readonly result: BundleResult;
  readonly items: Record<string, CatalogItemSummary>;
}

/** Adds a bundle: a `.bom` or an archive. What was refused is told as Brooklyn tells it (reference, 1.4): 400, with the result as `data`. */
export async function installBundle(server: Server, entries: CatalogEntries, body: unknown, options: { force: boolean }): Promise<Installation | { readonly status: 400; readonly failure: ApiError }> {
  try {
    const content = contentOf(body);
    const { bundle, outcome, added, unchanged } = await server.catalogStore.add(content, options);
    const found = [...added, ...unchanged].flatMap((id) => entryOf(entries, id) ?? []);
    const items = Object.fromEntries(found.map((entry) => [`${entry.id}:${entry.version}`, catalogItemSummary(entry)]));
    const name = `${bundle.symbolicName}:${bundle.version}`;
    const result = { message: messages[outcome](added), bundle: name, code: codes[outcome], types: items };
    return { status: outcome === "unchanged" ? 200 : 201, result, items };
  } catch (error) {
    if (!(error instanceof ClockerError) || error.status >= 500) throw error;
    const { message, data } = failureOf(error);
    return { status: 400, failure: { message, error: 400, data: { ...data, message, code: "ERROR_PREPARING_BUNDLE", failure: error.code } } };
  }
}

const codes = { installed: "INSTALLED_NEW_BUNDLE", updated: "UPDATED_EXISTING_BUNDLE", unchanged: "IGNORING_BUNDLE_AREADY_INSTALLED" } as const;

const messages = {
  installed: (added: readonly string[]) => `Added ${added.join(", ")}`,
  updated: (added: readonly string[]) => `Updated ${added.join(", ")}`,
  unchanged: () => "Already installed: the content is identical",
} as const;

function contentOf(body: unknown): Uint8Array {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw new ClockerError("invalid-request", "Cannot add a bundle: the body is empty", { remedy: "Send a .bom file, or a zip or jar that holds one" });
}

function entryOf(entries: CatalogEntries, reference: string) {
  const colon = reference.lastIndexOf(":");
  return entries.get(reference.slice(0, colon), reference.slice(colon + 1));
}
