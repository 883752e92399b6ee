export { type TemplateModel } from "./evaluate.ts";
export { evaluateFreemarker, renderFreemarker } from "./render.ts";
export { TemplateError } from "./template-error.ts";
