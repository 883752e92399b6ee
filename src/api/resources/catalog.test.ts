import { strToU8, zipSync } from "fflate";
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
    const refused = await added(other);
    expect(refused.statusCode).toBe(400);
    expect(refused.json()).toMatchObject({ message: expect.stringContaining("Cannot add catalog item"), data: { code: "ERROR_PREPARING_BUNDLE", failure: "conflict" } });
    expect((await api().post("/v1/catalog?forceUpdate=true&detail=true", other)).json()).toMatchObject({ code: "UPDATED_EXISTING_BUNDLE" });
    expect((await added("services: []")).statusCode).toBe(400);
    expect((await api().post("/v1/catalog", Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0xfe]))).json().message).toContain("Cannot read the archive");
    expect((await api().post("/v1/catalog", Buffer.from([0xff, 0xfe]))).json().message).toContain("not UTF-8 text");
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
    expect((await api().get("/v1/catalog/types/nope")).json()).toEqual([]);
    const [item] = (await api().get("/v1/catalog/types/my-service")).json();
    expect(item.specList).toEqual([{ summary: "brooklyn-camp implementation", format: "brooklyn-camp", contents: expect.stringContaining("test-service") }]);
  });

  it("list bundles with their types", async () => {
    await added();
    const bundles = (await api().get("/v1/catalog/bundles")).json();
    expect(bundles.map((each: { symbolicName: string }) => each.symbolicName)).toEqual(["clocker", "my-bundle"]);
    expect((await api().get("/v1/catalog/bundles/my-bundle/1.0.0")).json().types).toHaveLength(3);
    expect((await api().get("/v1/catalog/bundles/nope")).json()).toEqual([]);
  });
});

describe("archives", () => {
  const picture = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  const archive = (files: Record<string, string>) => Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))));
  const bom = `
brooklyn.catalog:
  version: 2.0.0
  itemType: entity
  include: [classpath://more.bom]
  items:
  - { id: pictured, iconUrl: "classpath://icons/a.svg", item: { type: test-service } }
`;
  const more = "brooklyn.catalog:\n  items:\n  - { id: more, item: { type: test-service } }\n";
  const manifest = "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.example.my-\r\n bundle;singleton:=true\r\nBundle-Version: 2.0.0.SNAPSHOT\r\n";

  it("bring a catalog.bom with what it includes, icons, and the manifest's name", async () => {
    const zip = archive({ "catalog.bom": bom, "more.bom": more, "icons/a.svg": picture, "META-INF/MANIFEST.MF": manifest });
    const installed = await api().post("/v1/catalog/bundles", zip, { "content-type": "application/x-zip" });
    expect(installed.statusCode).toBe(201);
    expect(installed.json()).toMatchObject({ bundle: "org.example.my-bundle:2.0.0-SNAPSHOT", code: "INSTALLED_NEW_BUNDLE", types: { "pictured:2.0.0": {}, "more:2.0.0": {} } });
    for (const url of ["/v1/catalog/icon/pictured/2.0.0", "/v1/catalog/types/pictured/latest/icon", "/v1/catalog/bundles/org.example.my-bundle/2.0.0-SNAPSHOT/types/pictured/2.0.0/icon"]) {
      const icon = await api().get(url);
      expect([icon.statusCode, icon.headers["content-type"], icon.body]).toEqual([200, "image/svg+xml", picture]);
      expect(icon.headers["content-security-policy"]).toContain("sandbox");
    }
    const download = await api().get("/v1/catalog/bundles/org.example.my-bundle/2.0.0-SNAPSHOT/download");
    expect(download.rawPayload.equals(zip)).toBe(true);
    expect(download.headers["content-disposition"]).toBe('attachment; filename="org.example.my-bundle-2.0.0-SNAPSHOT.zip"');
  });

  it("are refused when paths leave them, or without a catalog.bom", async () => {
    for (const name of ["../evil", "/etc/x", "a/../../b", "C:\\x"]) expect((await api().post("/v1/catalog", archive({ "catalog.bom": bom, [name]: "x" }))).json().message).toContain("leaves it");
    expect((await api().post("/v1/catalog", archive({ "other.txt": "" }))).json().message).toContain("holds no catalog.bom");
  });
});

describe("changing bundles and marks", () => {
  it("DELETE removes a bundle with its types, one in use only by force", async () => {
    await added();
    const { web } = await api().deployed();
    const entity = api().server.plane.entity(web);
    Object.defineProperty(entity, "catalogItemId", { value: "my-service:1.0.0" });
    const refused = await api().delete("/v1/catalog/bundles/my-bundle/1.0.0");
    expect([refused.statusCode, refused.json().data.code]).toEqual([400, "ERROR_REMOVING_BUNDLE_IN_USE"]);
    expect((await api().delete("/v1/catalog/bundles/my-bundle/1.0.0?force=true")).json()).toMatchObject({ code: "BUNDLE_REMOVED", bundle: "my-bundle:1.0.0" });
    expect((await api().get("/v1/catalog/entities/my-service")).statusCode).toBe(404);
    expect((await api().delete("/v1/catalog/bundles/my-bundle/1.0.0")).statusCode).toBe(404);
  });

  it("POST …/deprecated and …/disabled take true and false", async () => {
    await added();
    expect((await api().post("/v1/catalog/entities/my-service:1.0.0/deprecated", "true", { "content-type": "application/json" })).statusCode).toBe(204);
    expect((await api().get("/v1/catalog/entities/my-service")).json().deprecated).toBe(true);
    expect((await api().post("/v1/catalog/entities/my-service:1.0.0/disabled/true")).statusCode).toBe(204);
    expect((await api().get("/v1/catalog/entities?fragment=my-service")).json()).toEqual([]);
    expect((await api().post("/v1/catalog/entities/my-service:1.0.0/disabled", "maybe")).statusCode).toBe(400);
    expect((await api().post("/v1/catalog/entities/nope:1/disabled", "true")).statusCode).toBe(404);
  });
});

describe("POST /v1/catalog/reset", () => {
  it("takes away what was added, removed and marked, and adds what it brings", async () => {
    await added();
    await api().post("/v1/catalog/entities/my-service:1.0.0/deprecated", "true", { "content-type": "application/json" });
    expect((await api().post("/v1/catalog/reset", "", { "content-type": "application/x-yaml" })).statusCode).toBe(200);
    expect((await api().get("/v1/catalog/entities/my-service/1.0.0")).statusCode).toBe(404);
    expect((await api().post("/v1/catalog/reset", BOM, { "content-type": "application/x-yaml" })).statusCode).toBe(200);
    expect((await api().get("/v1/catalog/entities/my-service/1.0.0")).json()).toMatchObject({ deprecated: false });
  });

  it("leaves the catalog alone when what it brings is wrong", async () => {
    await added();
    for (const body of ["<catalog/>", "services: []"]) expect((await api().post("/v1/catalog/reset", body)).statusCode).toBe(400);
    expect((await api().get("/v1/catalog/entities/my-service/1.0.0")).statusCode).toBe(200);
  });
});
