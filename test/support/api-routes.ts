import type { Api } from "../../src/api/api-context.ts";

/** A route of the API as its own description has it. */
export interface DescribedRoute {
  /** `GET`, `POST`, … */
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `/v1/applications/{application}`. */
  readonly path: string;
  readonly operation: DescribedOperation;
}

export interface DescribedOperation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema?: unknown }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: unknown }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }>>;
}

const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;

/** Every operation of the API's OpenAPI document. */
export async function describedRoutes(api: Api): Promise<DescribedRoute[]> {
  await api.ready();
  const { paths } = api.swagger() as unknown as { paths: Record<string, Record<string, DescribedOperation>> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method.toLowerCase()];
      return operation === undefined ? [] : [{ method, path, operation }];
    }),
  );
}

/** The path with something in place of its parameters, and the query parameters that it must have. */
export function urlOf({ path, operation }: DescribedRoute, values: Readonly<Record<string, string>> = {}, absent = "nothing12345"): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(values[name] ?? absent));
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === "query" && parameter.required === true).map(({ name }) => `${name}=${encodeURIComponent(values[name] ?? "true")}`);
  return query.length === 0 ? filled : `${filled}?${query.join("&")}`;
}
