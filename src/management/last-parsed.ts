import { parseYamlInSlices, type YamlDocument } from "../blueprint/index.ts";

/**
 * The blueprint that was looked at last, parsed: what is looked at is read next, and parsing is most of the work of that. It is kept for one reading, and no
 * reading changes it.
 */
export class LastParsed {
  #last: { readonly text: string; readonly document: YamlDocument } | undefined;

  /**
   * Parses a few milliseconds at a time, and keeps it for `take`.
   * @throws ClockerError `invalid-yaml`
   */
  async parse(text: string): Promise<YamlDocument> {
    const document = await parseYamlInSlices(text);
    this.#last = { text, document };
    return document;
  }

  /** What the text was parsed to, when it was the last; once. */
  take(text: string): YamlDocument | undefined {
    const last = this.#last;
    if (last?.text !== text) return undefined;
    this.#last = undefined;
    return last.document;
  }
}
