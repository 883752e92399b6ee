import { evaluateFreemarker, renderFreemarker, TemplateError, type TemplateModel } from "../../blueprint/freemarker/index.ts";
import { ClockerError } from "../../model/errors.ts";

export type { TemplateModel };

/**
 * Fills in a template as FreeMarker, which Brooklyn uses, does: `${name}`, `${entity.id}`, `${config['http.port']}`, a default with
 * `${name!"text"}`, text as it is with `${r"${x}"}`, directives such as `<#if>`, `<#list>` and `<#assign>`, built-ins such as `?upper_case`. Clocker's own are
 * `?lines`, which writes an item of a list, or `key=value` of a map, a line; and `?json`.
 * @param where what the template is, for messages
 * @throws ClockerError `invalid-value` for what has no value and no default, and for what cannot be read
 */
export async function renderTemplate(text: string, model: TemplateModel, where: string): Promise<string> {
  return await explained(where, () => renderFreemarker(text, model));
}

/** The value itself where the whole text is one `${...}`, a list or a map too; undefined when it has none. Else as `renderTemplate`. */
export async function evaluateTemplate(text: string, model: TemplateModel, where: string): Promise<unknown> {
  return await explained(where, () => evaluateFreemarker(text, model));
}

async function explained<T>(where: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    // The place matters where the text is more than a line.
    throw new ClockerError("invalid-value", `Cannot fill in ${where}: ${error.line === 1 ? error.reason : error.message}`, { ...(error.remedy === undefined ? {} : { remedy: error.remedy }), details: { line: error.line, column: error.column } });
  }
}
