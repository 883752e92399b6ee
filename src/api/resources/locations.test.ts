import { describe, expect, it } from "vitest";
import { useApi } from "../../../test/support/api-harness.ts";

const api = useApi();

describe("locations", () => {
  it("are listed by name without secrets, and found by id, by name, and in use", async () => {
    const { app } = await api().deployed();
    expect((await api().get("/v1/locations")).json()).toMatchObject([{ id: "Named123", name: "named-place", spec: "test:place", config: { user: "bob", password: expect.stringMatching(/^<suppressed>/) } }]);
    expect((await api().get("/v1/locations/named-place")).json().id).toBe("Named123");
    const [id] = (await api().get(`/v1/applications/${app}`)).json().spec.locations;
    expect((await api().get(`/v1/locations/${id}?full=true`)).json()).toMatchObject({ spec: "test:here", config: { displayName: "test:here" } });
    expect((await api().get("/v1/locations/nope")).statusCode).toBe(404);
  });
});
