export { isDeferred } from "./deferred.ts";
export { formatString } from "./format-string.ts";
export { functionNames } from "./function-names.ts";
export { isDsl, parseDsl } from "./parse-dsl.ts";
export { resolve } from "./resolve.ts";
export type { DslSuppliers } from "./resolution.ts";
export { renderTemplate } from "./template.ts";
export { urlEncode } from "./text-functions.ts";
export { type DslProblem, validateDsl } from "./validate.ts";
