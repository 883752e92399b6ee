import { parseYaml, type YamlDocument } from "../blueprint/index.ts";
import { ClockerError } from "../model/errors.ts";

/**
 * The blueprint that was looked at last, parsed: what is looked at is read next, and parsing is most of the work of that. It is kept for one reading, and no
 * reading changes it.
 */
export class LastParsed {
  #last: { readonly text: string; readonly document: YamlDocument } | undefined;

  /** Parses, and keeps it for `take`; undefined for what is no YAML: whoever reads it tells why. */
  parse(text: string): YamlDocument | undefined {
    try {
      const document = parseYaml(text);
      this.#last = { text, document };
      return document;
    } catch (error) {
      if (!(error instanceof ClockerError)) throw error;
      return undefined;
    }
  }

  /** What the text was parsed to, when it was the last; once. */
  take(text: string): YamlDocument | undefined {
    const last = this.#last;
    if (last?.text !== text) return undefined;
    this.#last = undefined;
    return last.document;
  }
}
