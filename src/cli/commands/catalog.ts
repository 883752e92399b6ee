import type { Command } from "commander";
import { z } from "zod";
import { BundleResult, CatalogItemSummary, catalogKinds } from "../../api/shapes/catalog-summary.ts";
import { links } from "../../api/shapes/links.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, say } from "../io.ts";
import { show } from "../output/show.ts";
import { facts, table } from "../output/table.ts";
import { act, type ClientFlags, type Invocation, withServer } from "./client-command.ts";
import { examples } from "./examples.ts";
import { readBundle } from "./read-input.ts";

interface CatalogFlags extends ClientFlags {
  readonly all?: boolean;
  readonly force?: boolean;
}

export function addCatalog(program: Command, io: Io): void {
  const catalog = examples(program.command("catalog"), ["clocker catalog list", "clocker catalog show tomcat", "clocker catalog add technologies/", "clocker catalog delete mine:1.0.0"])
    .summary("list, show, add and delete what blueprints can name")
    .description("The catalog: what blueprints can name as a type or a location. Kinds are entities, applications, policies, enrichers and locations, or the beginning of these words.");

  examples(withServer(catalog.command("list [kind]").alias("ls")), ["clocker catalog list", "clocker catalog list locations", "clocker catalog list entity --all -o json"])
    .summary(`list items: ${catalogKinds.join(", ")}`)
    .option("--all", "all versions of each")
    .action(act<CatalogFlags>(io, (invocation, kind) => list(invocation, kindOf(kind ?? "entities"))));

  examples(withServer(catalog.command("show <words...>")), ["clocker catalog show tomcat", "clocker catalog show entity tomcat:1.0.0"])
    .summary("show an item: [kind] id[:version]")
    .action(act<CatalogFlags>(io, (invocation, ...words) => one(invocation, words)));

  examples(withServer(catalog.command("add <file>")), ["clocker catalog add mine.bom", "clocker catalog add bundle.zip", "clocker catalog add technologies/mine", "clocker catalog add https://example.com/mine.bom", "cat mine.bom | clocker catalog add -"])
    .summary("add a .bom file, a bundle (zip, jar or folder), a URL's, or - for standard input")
    .option("--force", "replace items of the same version")
    .action(act<CatalogFlags>(io, (invocation, file = "") => add(invocation, file)));

  examples(withServer(catalog.command("delete <words...>").alias("rm")), ["clocker catalog delete mine:1.0.0", "clocker catalog delete policy mine:1.0.0"])
    .summary("delete an item: [kind] id:version")
    .action(act<CatalogFlags>(io, (invocation, ...words) => remove(invocation, words)));
}

async function list({ client, flags, io }: Invocation<CatalogFlags>, kind: string): Promise<void> {
  const items = await client.json(z.array(CatalogItemSummary), `/v1/catalog/${kind}`, { query: { allVersions: flags.all === true } });
  show(io, flags.output, {
    data: items,
    names: items.map(({ id }) => id),
    text: (width) => table([{ title: "ID", value: ({ symbolicName }) => symbolicName }, { title: "VERSION", value: ({ version }) => version }, { title: "NAME", value: ({ name }) => name }, { title: "DESCRIPTION", value: ({ description }) => description }], items, width),
  });
}

async function one({ client, flags, io }: Invocation, words: readonly string[]): Promise<void> {
  const { kind, id, version } = itemOf(words);
  const item = await client.json(CatalogItemSummary, links.catalogItem(kind, id, version ?? "latest"));
  const names = (things: readonly { name: string }[] | undefined) => things?.map(({ name }) => name).join(", ");
  show(io, flags.output, {
    data: item,
    names: [item.id],
    text: () => `${facts([["Id", item.id], ["Name", item.name], ["Description", item.description], ["Bundle", item.containingBundle], ["Type", item.javaType], ["Config", names(item.config)], ["Sensors", names(item.sensors)], ["Effectors", names(item.effectors)]])}\n\n${item.planYaml.trimEnd()}`,
  });
}

async function add({ client, flags, io }: Invocation<CatalogFlags>, file: string): Promise<void> {
  const body = new Uint8Array(await readBundle(file, io));
  // A zip begins with PK.
  const contentType = body[0] === 0x50 && body[1] === 0x4b ? "application/x-zip" : "application/x-yaml";
  const result = await client.json(BundleResult, "/v1/catalog", { method: "POST", body, contentType, query: { detail: true, forceUpdate: flags.force === true } });
  const ids = Object.keys(result.types ?? {});
  show(io, flags.output, { data: result, names: ids, text: () => result.message });
}

async function remove({ client, io }: Invocation, words: readonly string[]): Promise<void> {
  const { kind, id, version } = itemOf(words);
  if (version === undefined) throw new CliError(exitCodes.usage, `Which version of "${id}"?`, { remedy: `clocker catalog delete ${id}:VERSION` });
  await client.text(links.catalogItem(kind, id, version), { method: "DELETE" });
  say(io, `Deleted ${id}:${version}`);
}

/** `[kind] id[:version]`, or `[kind] id version` as br writes it. */
function itemOf(words: readonly string[]): { kind: string; id: string; version: string | undefined } {
  const hasKind = words.length > 1 && isKind(words[0] ?? "");
  const [reference = "", beside] = hasKind ? words.slice(1) : words;
  const colon = reference.lastIndexOf(":");
  const [id, version] = colon < 0 ? [reference, beside] : [reference.slice(0, colon), reference.slice(colon + 1)];
  return { kind: hasKind ? kindOf(words[0] ?? "") : "entities", id, version };
}

function isKind(word: string): boolean {
  return kindStartingWith(word) !== undefined;
}

/** By the beginning of its name, as br takes it. */
function kindOf(word: string): string {
  const kind = kindStartingWith(word);
  if (kind === undefined) throw new CliError(exitCodes.usage, `Unknown kind of catalog item "${word}": expected ${catalogKinds.join(", ")}`);
  return kind;
}

function kindStartingWith(word: string): string | undefined {
  const wanted = word.toLowerCase();
  return wanted === "" ? undefined : BY_USE.find((kind) => kind.startsWith(wanted) || singular(kind).startsWith(wanted));
}

/** Which one a single letter means: of those that begin with it, the first. */
const BY_USE = catalogKinds.toSorted((a, b) => Number(a === "enrichers") - Number(b === "enrichers"));

function singular(kind: string): string {
  return kind.replace(/ies$/, "y").replace(/s$/, "");
}
