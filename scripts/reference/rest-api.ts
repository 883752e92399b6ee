import { z } from "zod";
import { code, type Page, paragraphs, table } from "./page.ts";

const Parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional() });
const Operation = z.object({
  summary: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).default(["other"]),
  parameters: z.array(Parameter).default([]),
  responses: z.record(z.string(), z.unknown()).default({}),
});
const OpenApi = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) });

interface Endpoint extends z.infer<typeof Operation> {
  readonly method: string;
  readonly path: string;
}

/** The endpoints of the OpenAPI document, by subject. @param document as the server answers it */
export function restApiPage(document: unknown): Page {
  const { paths } = OpenApi.parse(document);
  const endpoints = Object.entries(paths).flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]): Endpoint => ({ ...operation, method: method.toUpperCase(), path })));
  const subjects = [...new Set(endpoints.map((each) => each.tags[0] ?? "other"))].toSorted();
  return {
    file: "rest-api.md",
    title: "REST API",
    summary: "every endpoint; the shapes are in the OpenAPI document of the server",
    body: paragraphs(
      "Paths and JSON are those of Apache Brooklyn, so that its clients work. A server that runs has the whole description, shapes included, as OpenAPI at `/v1/openapi.json`.",
      ...subjects.map((subject) => paragraphs(`## ${subject}`, endpointTable(endpoints.filter(({ tags }) => (tags[0] ?? "other") === subject)))),
    ),
  };
}

function endpointTable(endpoints: readonly Endpoint[]): string {
  const sorted = endpoints.toSorted((a, b) => order(`${a.path} ${a.method}`, `${b.path} ${b.method}`));
  return table(
    ["endpoint", "query", "answers", "what it does"],
    sorted.map(({ method, path, parameters, responses, summary, description }) => [
      code(`${method} ${path}`),
      parameters.filter((each) => each.in === "query").map(({ name }) => code(name)).join(", "),
      Object.keys(responses).filter((status) => status.startsWith("2")).join(", "),
      [summary, description].filter((text) => text !== undefined).join(". "),
    ]),
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
