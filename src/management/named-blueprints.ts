import { ClockerError } from "../model/errors.ts";
import type { Management } from "../model/management.ts";

/** The most blueprints that one may name by URL, those that they name included. */
const MOST_OF_ONE = 50;
/** The most that are kept for the readings that follow. */
const MOST_KEPT = 500;

/** Blueprints that others name by URL where types stand (`type: https://…/web.yaml`; reference, 3.8): opened once before the one that names them is read. */
export class NamedBlueprints {
  readonly #management: Pick<Management, "submit" | "resources">;
  readonly #texts = new Map<string, string>();

  constructor(management: Pick<Management, "submit" | "resources">) {
    this.#management = management;
  }

  /** The text at a URL as it was when it was last opened. */
  text(url: string): string | undefined {
    return this.#texts.get(url);
  }

  /**
   * Opens what a blueprint names: each when a reading meets it, which then begins again.
   * @param read gives what is wrong with the blueprint when only what is open can be read; `details.document` says what is not
   * @throws ClockerError `download-failed` or `not-found` for one that cannot be opened
   */
  async open(read: (document: (url: string) => string | undefined) => readonly ClockerError[]): Promise<void> {
    const opened = new Map<string, string>();
    while (opened.size < MOST_OF_ONE) {
      const missing = read((url) => opened.get(url)).map((error) => error.details["document"]).find((url) => typeof url === "string" && !opened.has(url));
      if (typeof missing !== "string") return;
      opened.set(missing, await this.#download(missing));
      this.#keep(missing, opened.get(missing) ?? "");
    }
    throw new ClockerError("invalid-blueprint", `Error in blueprint: it names more than ${MOST_OF_ONE} others by URL`);
  }

  async #download(url: string): Promise<string> {
    const { resources } = this.#management;
    return await this.#management.submit(undefined, `Opening blueprint ${url}`, async (work) => (await resources.read(url, work)).toString("utf8")).result;
  }

  #keep(url: string, text: string): void {
    this.#texts.delete(url);
    this.#texts.set(url, text);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= MOST_KEPT) return;
      this.#texts.delete(oldest);
    }
  }
}
