import type { Command } from "commander";
import { z } from "zod";
import { BundleResult, CatalogItemSummary, catalogKinds } from "../../api/shapes/catalog-summary.ts";
import { links } from "../../api/shapes/links.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Io, say } from "../io.ts";
import { show } from "../output/show.ts";
import { facts, table } from "../output/table.ts";
import { act, type ClientFlags, type Invocation, withServer } from "./client-command.ts";
import { readInput } from "./read-input.ts";

interface CatalogFlags extends ClientFlags {
  readonly all?: boolean;
  readonly force?: boolean;
}

export function addCatalog(program: Command, io: Io): void {
  const catalog = program.command("catalog").summary("list, show, add and delete what blueprints can name");

  withServer(catalog.command("list [kind]"))
    .summary(`list items: ${catalogKinds.join(", ")}`)
    .option("--all", "all versions of each")
    .action(act<CatalogFlags>(io, (invocation, kind) => list(invocation, kindOf(kind ?? "entities"))));

  withServer(catalog.command("show <words...>"))
    .summary("show an item: [kind] id[:version]")
    .action(act<CatalogFlags>(io, (invocation, ...words) => one(invocation, words)));

  withServer(catalog.command("add <file>"))
    .summary("add a .bom file, or - for standard input")
    .option("--force", "replace items of the same version")
    .action(act<CatalogFlags>(io, (invocation, file = "") => add(invocation, file)));

  withServer(catalog.command("delete <words...>"))
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
  const body = await readInput(file, io);
  const result = await client.json(BundleResult, "/v1/catalog", { method: "POST", body, contentType: "application/x-yaml", query: { detail: true, forceUpdate: flags.force === true } });
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
  return catalogKinds.some((kind) => kind === word || singular(kind) === word);
}

function kindOf(word: string): string {
  const kind = catalogKinds.find((each) => each === word || singular(each) === word);
  if (kind === undefined) throw new CliError(exitCodes.usage, `Unknown kind of catalog item "${word}": expected ${catalogKinds.join(", ")}`);
  return kind;
}

function singular(kind: string): string {
  return kind.replace(/ies$/, "y").replace(/s$/, "");
}
