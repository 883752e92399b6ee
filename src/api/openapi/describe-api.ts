import fastifySwagger from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { Api } from "../api-context.ts";
import { completed } from "./completed.ts";

/** Makes the API's own description, of the schemas that requests are checked with: OpenAPI 3.1 at `/v1/openapi.json`. Register before the routes. */
export async function describeApi(api: Api, version: string): Promise<void> {
  await api.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Clocker", description: "The REST API of Clocker, with the paths and shapes of Apache Brooklyn's", version },
      servers: [{ url: "/" }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => completed(jsonSchemaTransformObject(document)),
  });
  api.get("/v1/openapi.json", { schema: { hide: true } }, async () => api.swagger());
}
