import { z } from "zod";
import { escapeHtml as text } from "./html.ts";

const Parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), description: z.string().optional(), schema: z.unknown().optional() });
const Operation = z.object({
  tags: z.array(z.string()).default(["other"]),
  summary: z.string().default(""),
  description: z.string().optional(),
  parameters: z.array(Parameter).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string().optional(), content: z.record(z.string(), z.object({ schema: z.unknown().optional() })).optional() })).default({}),
});
const methods = ["get", "post", "put", "delete"] as const;
const Document = z.object({ info: z.object({ title: z.string(), version: z.string() }), paths: z.record(z.string(), z.object(Object.fromEntries(methods.map((method) => [method, Operation.optional()])))) });

/** The documentation of the API as one page, made of its OpenAPI document. */
export function docsPage(openapi: unknown, style: string): string {
  const { info, paths } = Document.parse(openapi);
  const groups = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of methods) {
      const operation = operations[method];
      if (operation === undefined) continue;
      const [tag = "other"] = operation.tags;
      groups.set(tag, [...(groups.get(tag) ?? []), operationHtml(method, path, operation)]);
    }
  }
  const sections = [...groups].map(([tag, items]) => `<h2 id="${text(tag)}">${text(tag)}</h2><div class="card">${items.join("")}</div>`);
  const contents = [...groups.keys()].map((tag) => `<a href="#${text(tag)}">${text(tag)}</a>`).join(" ");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${text(info.title)} API</title><link rel="icon" href="/favicon.svg"><style>${style}</style></head>
<body><header><img src="/favicon.svg" alt="" width="28" height="28"><h1>${text(info.title)} API</h1><p class="dim">${text(info.version)}</p></header>
<main><p>The same as <a href="/v1/openapi.json">OpenAPI 3.1</a>. Failures are <code>{"message", "error", "details"?, "data"?}</code> with the HTTP status in <code>error</code>.</p><nav>${contents}</nav>${sections.join("\n")}</main>
<footer><a href="/">Status</a><a href="/v1/openapi.json">OpenAPI</a></footer></body></html>`;
}

const methodKinds: Readonly<Record<string, string>> = { get: "", post: "good", put: "busy", delete: "bad" };

function operationHtml(method: string, path: string, { summary, description, parameters, requestBody, responses }: z.infer<typeof Operation>): string {
  const rows = parameters.map(({ name, in: place, required, description: what, schema }) => `<tr><td><code>${text(name)}</code></td><td class="dim small">${text(place)}${required === true ? ", required" : ""}</td><td class="small">${text(schemaName(schema))}</td><td class="small">${text(what ?? "")}</td></tr>`);
  const answers = Object.entries(responses)
    .filter(([status]) => !/^[45]/i.test(status))
    .map(([status, { content }]) => `<code>${text(status)}</code> ${text(schemaName(Object.values(content ?? {})[0]?.schema))}`);
  return [
    `<details><summary><span class="pill method ${methodKinds[method] ?? ""}">${method.toUpperCase()}</span><span class="path">${text(path)}</span><span class="dim small">${text(summary)}</span></summary>`,
    description === undefined ? "" : `<p class="small">${text(description)}</p>`,
    requestBody === undefined ? "" : `<p class="small">Body: ${Object.keys(requestBody.content).map((type) => `<code>${text(type)}</code>`).join(" ")}</p>`,
    rows.length === 0 ? "" : `<div class="scroll"><table><tbody>${rows.join("")}</tbody></table></div>`,
    answers.length === 0 ? "" : `<p class="small">Answers: ${answers.join(", ")}</p>`,
    "</details>",
  ].join("");
}

const Schema = z.object({ $ref: z.string().optional(), type: z.union([z.string(), z.array(z.string())]).optional(), items: z.unknown().optional(), enum: z.array(z.unknown()).optional(), additionalProperties: z.unknown().optional(), anyOf: z.array(z.unknown()).optional() });

/** A short name of a schema: `TaskSummary`, `list of EntitySummary`, `string`. */
function schemaName(schema: unknown): string {
  const parsed = Schema.safeParse(schema);
  if (!parsed.success) return "";
  const { $ref, type, items, enum: values, additionalProperties, anyOf } = parsed.data;
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf("/") + 1);
  if (values !== undefined) return values.map(String).join(" | ");
  if (anyOf !== undefined) return [...new Set(anyOf.map((each) => schemaName(each)))].filter((name) => name !== "").join(" or ");
  if (type === "array") return `list of ${schemaName(items) || "any"}`;
  if (type === "object" && additionalProperties !== undefined && additionalProperties !== false) return `map of ${schemaName(additionalProperties) || "any"}`;
  return type === undefined ? "any" : type === "null" ? "nothing" : String(type);
}
