import { expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

it("describes every operation in Swagger 2: references lead somewhere, and no word is newer", async () => {
  const openApi = (await api().get("/v1/openapi.json")).json();
  const answer = await api().get("/v1/apidoc/swagger.json");
  const document = answer.json();
  expect([document.swagger, document.basePath, Object.keys(document.paths)]).toEqual(["2.0", "/", Object.keys(openApi.paths)]);
  const text = answer.body;
  for (const newer of ['"anyOf"', '"oneOf"', '"const"', '"requestBody"', '"content"', '"components"', '"propertyNames"', '"prefixItems"', '"4XX"']) expect(text).not.toContain(newer);
  for (const [, name = ""] of text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) expect(Object.keys(document.definitions)).toContain(name);
  for (const [path, operations] of Object.entries<Record<string, { parameters: { name: string; in: string; type?: unknown; schema?: unknown; required?: boolean }[]; responses: object }>>(document.paths)) {
    for (const { parameters, responses } of Object.values(operations)) {
      expect(Object.keys(responses).length).toBeGreaterThan(0);
      for (const parameter of parameters) expect([path, parameter.in === "body" ? typeof parameter.schema : typeof parameter.type]).toEqual([path, parameter.in === "body" ? "object" : "string"]);
      const inPath = parameters.filter((each) => each.in === "path");
      expect([path, inPath.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b)), inPath.every(({ required }) => required === true)]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).toSorted((a, b) => a.localeCompare(b)), true]);
      expect(parameters.filter((each) => each.in === "body").length).toBeLessThanOrEqual(1);
    }
  }
});
