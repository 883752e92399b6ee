import { ClockerError } from "../../model/errors.ts";
import { renderFreemarker, TemplateError } from "../freemarker/index.ts";

/**
 * Fills in a template of FreeMarker: `${config['key']}`, `${entity.id}`, `${name!"default"}`, `${x?upper_case}`, `<#if ...>`. Shell's `$x` and `$(...)` stay.
 * @param lookup the value of a path such as `["config", "key"]`; undefined when there is none
 * @throws ClockerError `invalid-value` with line and column for what cannot be filled in
 */
export async function renderTemplate(text: string, lookup: (path: readonly string[]) => Promise<unknown>): Promise<string> {
  try {
    return await renderFreemarker(text, { get: lookup });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { message, line, column, remedy } = error;
    throw new ClockerError("invalid-value", `Cannot fill the template: ${message}`, { ...(remedy === undefined ? {} : { remedy }), details: { line, column } });
  }
}
