type JsonMap = Record<string, unknown>;

/** Words of JSON Schema that Swagger 2 has too, with the same meaning. */
const KEPT = ["type", "format", "description", "default", "enum", "required", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "title"];
const METHODS = ["get", "put", "post", "delete"];
const FORM = "application/x-www-form-urlencoded";

/**
 * The API's OpenAPI 3.1 document as Swagger 2, which Brooklyn's page of the REST API reads. What Swagger 2 cannot say (one of several types, say) is left open there.
 */
export function asSwagger2(openApi: object): JsonMap {
  const document = mapOf(openApi);
  const definitions = Object.fromEntries(entriesOf(mapOf(document["components"])["schemas"]).map(([name, schema]) => [name, schemaOf(schema)]));
  return {
    swagger: "2.0",
    info: document["info"],
    basePath: "/",
    tags: [...tagsOf(document)].map((name) => ({ name })),
    securityDefinitions: { basic: { type: "basic" } },
    paths: Object.fromEntries(entriesOf(document["paths"]).map(([path, operations]) => [path, operationsOf(operations)])),
    definitions,
  };
}

function operationsOf(operations: unknown): JsonMap {
  return Object.fromEntries(entriesOf(operations).filter(([method]) => METHODS.includes(method)).map(([method, operation]) => [method, operationOf(mapOf(operation))]));
}

function operationOf({ tags, summary, description, parameters, requestBody, responses }: JsonMap): JsonMap {
  const answers = entriesOf(responses);
  const consumes = Object.keys(mapOf(mapOf(requestBody)["content"]));
  return {
    ...(tags === undefined ? {} : { tags }),
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    ...(consumes.length === 0 ? {} : { consumes }),
    produces: [...new Set(answers.flatMap(([, answer]) => Object.keys(mapOf(mapOf(answer)["content"]))))],
    parameters: [...listOf(parameters).map((parameter) => parameterOf(mapOf(parameter))), ...bodyOf(mapOf(requestBody))],
    responses: Object.fromEntries(answers.flatMap(([status, answer]) => responseOf(status, mapOf(answer)))),
  };
}

function parameterOf({ name, in: place, required, description, schema }: JsonMap): JsonMap {
  const simple = schemaOf(schema);
  return { name, in: place, ...(required === true ? { required: true } : {}), ...(description === undefined ? {} : { description }), ...simple, type: typeof simple["type"] === "string" ? simple["type"] : "string" };
}

/** One body, as JSON where it can be; a plan's form is left to the text that the route takes as well. */
function bodyOf({ content, required, description }: JsonMap): JsonMap[] {
  const types = entriesOf(content);
  const [, media] = types.find(([type]) => type === "application/json") ?? types.find(([type]) => type !== FORM) ?? types[0] ?? [];
  if (media === undefined) return [];
  return [{ name: "body", in: "body", ...(required === true ? { required: true } : {}), ...(description === undefined ? {} : { description }), schema: schemaOf(mapOf(media)["schema"]) }];
}

/** Swagger 2 has no ranges of statuses. */
function responseOf(status: string, { description, content }: JsonMap): [string, JsonMap][] {
  const [media] = entriesOf(content).map(([, each]) => mapOf(each));
  const answer = { description: description ?? "", ...(media === undefined ? {} : { schema: schemaOf(media["schema"]) }) };
  return status === "4XX" ? [["default", { ...answer, description: "A failure" }]] : status === "5XX" ? [] : [[status, answer]];
}

function schemaOf(value: unknown): JsonMap {
  const schema = mapOf(value);
  const { $ref, type, items, properties, additionalProperties, anyOf, oneOf, allOf, const: only } = schema;
  if (typeof $ref === "string") return { $ref: $ref.replace("#/components/schemas/", "#/definitions/") };
  const choices = listOf(anyOf ?? oneOf).filter((each) => mapOf(each)["type"] !== "null");
  if (choices.length === 1) return schemaOf(choices[0]);
  const result: JsonMap = Object.fromEntries(KEPT.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]));
  const types = listOf(type).filter((each) => each !== "null");
  if (Array.isArray(type)) {
    if (types.length === 1) result["type"] = types[0];
    else delete result["type"];
  }
  if (result["type"] === "null") return {};
  if (only !== undefined) result["enum"] = [only];
  if (result["type"] === "array") result["items"] = schemaOf(items);
  if (properties !== undefined) result["properties"] = Object.fromEntries(entriesOf(properties).map(([name, each]) => [name, schemaOf(each)]));
  if (typeof additionalProperties === "object" && additionalProperties !== null) result["additionalProperties"] = schemaOf(additionalProperties);
  if (allOf !== undefined) result["allOf"] = listOf(allOf).map((each) => schemaOf(each));
  return result;
}

function* tagsOf(document: JsonMap): Generator<string> {
  const seen = new Set<unknown>();
  for (const [, operations] of entriesOf(document["paths"])) {
    for (const [, operation] of entriesOf(operations)) {
      for (const tag of listOf(mapOf(operation)["tags"])) {
        if (typeof tag !== "string" || seen.has(tag)) continue;
        seen.add(tag);
        yield tag;
      }
    }
  }
}

function mapOf(value: unknown): JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonMap) : {};
}

function entriesOf(value: unknown): [string, unknown][] {
  return Object.entries(mapOf(value));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
