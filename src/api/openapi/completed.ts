type JsonMap = Record<string, unknown>;

const PLAN_FORM = { type: "object", properties: { plan: { type: "string" }, format: { type: "string" } }, required: ["plan"] };
const FORMS = ["application/x-www-form-urlencoded", "multipart/form-data"];
const TEXT = { "text/plain": { schema: { type: "string" } } };

/** What every route has in common, and no schema of theirs says: signing in, failures as JSON, answers to conditional requests, plans in forms. */
export function completed<T extends object>(document: T): T {
  const whole = mapOf(document) ?? {};
  for (const [, methods] of entriesOf(whole["paths"])) for (const [method, operation] of entriesOf(methods)) complete(method, operation);
  const components = mapOf(whole["components"]) ?? {};
  const securitySchemes = { basic: { type: "http", scheme: "basic", description: "Where users are configured" } };
  return { ...document, components: { ...components, securitySchemes }, security: [{ basic: [] }, {}] };
}

function complete(method: string, operation: unknown): void {
  const responses = mapOf(mapOf(operation)?.["responses"]);
  if (responses === undefined) return;
  for (const [status, response] of entriesOf(responses)) {
    if (/^[45]/.test(status)) asJson(response);
    // An empty answer has no type.
    const found = mapOf(response);
    if (found?.["description"] === "Nothing") delete found["content"];
  }
  const failure = mapOf(mapOf(responses["4XX"])?.["content"]) ?? {};
  responses["401"] = { description: "Nobody has signed in, or with a wrong password; JSON where somebody signs out", content: { ...TEXT, ...failure } };
  responses["429"] = { description: "Too many failed attempts to sign in", content: TEXT };
  if (method === "get") responses["304"] = { description: "The client has the same already (If-None-Match)" };
  for (const [type, media] of entriesOf(mapOf(mapOf(operation)?.["requestBody"])?.["content"])) {
    const content = mapOf(media);
    if (content !== undefined && FORMS.includes(type) && mapOf(content["schema"])?.["type"] === "string") content["schema"] = PLAN_FORM;
  }
}

/** Whatever type a route's answer has, its failures are JSON. */
function asJson(response: unknown): void {
  const found = mapOf(response);
  const [first] = entriesOf(found?.["content"]);
  if (found !== undefined && first !== undefined) found["content"] = { "application/json": first[1] };
}

function mapOf(value: unknown): JsonMap | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonMap) : undefined;
}

function entriesOf(value: unknown): [string, unknown][] {
  return Object.entries(mapOf(value) ?? {});
}
