/** The reason in a failure notification, for messages. */
export function describeFailure(value: unknown): string {
  if (typeof value === "string") return value;
  const description: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "description") : undefined;
  return typeof description === "string" && description !== "" ? description : "no reason given";
}
