import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const BOM = `
brooklyn.catalog:
  bundle: my-bundle
  version: 1.0.0
  items:
  - id: my-service
    itemType: entity
    name: My Service
    description: A service of mine
    item:
      type: test-service
      brooklyn.parameters:
      - name: greeting
        type: string
        label: Greeting
        default: hello
        constraints: [required]
  - id: my-template
    itemType: template
    name: My Template
    item:
      services:
      - type: my-service
  - id: my-policy
    itemType: policy
    item: { type: org.example.TestPolicy }
`;

const api = useApi();

async function added(text = BOM) {
  return api().post("/v1/catalog", text, { "content-type": "application/x-yaml" });
}

describe("POST /v1/catalog", () => {
  it("gives a map of items; with detail, the result br prints; 200 for the same again", async () => {
    const first = await added();
    expect(first.statusCode).toBe(201);
    expect(Object.keys(first.json())).toEqual(["my-service:1.0.0", "my-template:1.0.0", "my-policy:1.0.0"]);
    const again = await api().post("/v1/catalog?detail=true", BOM, { "content-type": "application/octet-stream" });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toMatchObject({ bundle: "my-bundle:1.0.0", code: "IGNORING_BUNDLE_AREADY_INSTALLED", types: { "my-service:1.0.0": { symbolicName: "my-service" } } });
  });

  it("refuses other content under the same version unless forced, and what is no bundle", async () => {
    await added();
    const other = BOM.replace("A service of mine", "Another");
    expect((await added(other)).statusCode).toBe(409);
    expect((await api().post("/v1/catalog?forceUpdate=true", other)).statusCode).toBe(201);
    expect((await added("services: []")).statusCode).toBe(400);
    expect((await api().post("/v1/catalog", Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0xfe]))).json().message).toContain("not UTF-8 text");
  });
});

describe("/v1/catalog/{kind}", () => {
  it("lists items and built-in types with what br decodes strictly", async () => {
    await added();
    const items = (await api().get("/v1/catalog/entities?allVersions=true")).json();
    const mine = items.find((each: { symbolicName: string }) => each.symbolicName === "my-service");
    expect(mine).toMatchObject({
      id: "my-service:1.0.0",
      javaType: "org.example.TestService",
      itemType: "entity",
      planYaml: expect.stringContaining("test-service"),
      tags: [],
      links: { self: "/v1/catalog/entities/my-service/1.0.0" },
    });
    expect(mine.config.find((key: { name: string }) => key.name === "greeting")).toMatchObject({ label: "Greeting", defaultValue: "hello", pinned: true, constraints: ["required"], type: "java.lang.String" });
    expect(mine.config.map((key: { name: string }) => key.name)).toContain("test.size");
    expect(mine.effectors.map((each: { name: string }) => each.name)).toContain("echo");
    expect(items.map((each: { symbolicName: string }) => each.symbolicName)).toContain("org.apache.brooklyn.entity.stock.BasicApplication");
  });

  it("has templates only among applications, and takes a flag without a value", async () => {
    await added();
    const names = async (url: string) => (await api().get(url)).json().map((each: { symbolicName: string }) => each.symbolicName);
    expect(await names("/v1/catalog/applications")).toEqual(["my-template"]);
    expect(await names("/v1/catalog/policies?allVersions")).toEqual(["my-policy", "org.example.TestPolicy"]);
    expect(await names("/v1/catalog/entities?fragment=of+mine")).toEqual(["my-service"]);
    expect(await names("/v1/catalog/entities?regex=my-s.*e")).toEqual(["my-service"]);
    expect(await names("/v1/catalog/locations")).toEqual([]);
    expect((await api().get("/v1/catalog/entities?regex=(a%2B)%2B")).statusCode).toBe(400);
  });

  it("gives an item in a version, the latest, or without saying", async () => {
    await added();
    await added(BOM.replace("1.0.0", "1.1.0"));
    expect((await api().get("/v1/catalog/entities/my-service/1.0.0")).json().version).toBe("1.0.0");
    expect((await api().get("/v1/catalog/entities/my-service/latest")).json().version).toBe("1.1.0");
    expect((await api().get("/v1/catalog/entities/my-service")).json().version).toBe("1.1.0");
    expect((await api().get("/v1/catalog/policies/my-service")).statusCode).toBe(404);
    expect((await api().get("/v1/catalog/entities/my-servise")).json().message).toBe(`There is no item 'my-servise:latest' in the catalog. Did you mean "my-service"?`);
  });

  it("removes an item of the kind, and only that", async () => {
    await added();
    expect((await api().delete("/v1/catalog/policies/my-service/1.0.0")).statusCode).toBe(412);
    expect((await api().delete("/v1/catalog/entities/my-service/1.0.0")).statusCode).toBe(204);
    expect((await api().delete("/v1/catalog/entities/my-service/1.0.0")).statusCode).toBe(404);
    expect((await api().delete("/v1/catalog/entities/org.apache.brooklyn.entity.stock.BasicApplication/0.1.0-test")).statusCode).toBe(403);
  });
});

describe("/v1/catalog/types and bundles", () => {
  it("list what blueprints can name, by supertype", async () => {
    await added();
    const names = async (url: string) => (await api().get(url)).json().map((each: { symbolicName: string }) => each.symbolicName);
    expect(await names("/v1/catalog/types?supertype=policy")).toEqual(["my-policy", "org.example.TestPolicy"]);
    expect(await names("/v1/catalog/types?supertype=org.apache.brooklyn.api.entity.Application")).toEqual(["my-template", "org.apache.brooklyn.entity.stock.BasicApplication"]);
    expect((await api().get("/v1/catalog/types/test-service")).json()).toMatchObject([{ symbolicName: "org.example.TestService", aliases: ["test-service"] }]);
    expect((await api().get("/v1/catalog/types/my-service/latest")).json()).toMatchObject({ plan: { data: expect.stringContaining("test-service") }, config: expect.any(Array) });
    expect((await api().get("/v1/catalog/types/nope")).statusCode).toBe(404);
  });

  it("list bundles with their types", async () => {
    await added();
    const bundles = (await api().get("/v1/catalog/bundles")).json();
    expect(bundles.map((each: { symbolicName: string }) => each.symbolicName)).toEqual(["clocker", "my-bundle"]);
    expect((await api().get("/v1/catalog/bundles/my-bundle/1.0.0")).json().types).toHaveLength(3);
    expect((await api().get("/v1/catalog/bundles/nope")).statusCode).toBe(404);
  });
});
