/** A page of the reference: made from the code, so that it is true to it. */
export interface Page {
  /** Below `docs/reference/`. */
  readonly file: string;
  readonly title: string;
  /** One sentence for the list of pages. */
  readonly summary: string;
  readonly body: string;
}

/** The text of a page as it is kept. */
export function textOf({ title, body }: Page): string {
  return `# ${title}\n\n<!-- Made from the code by scripts/generate-docs.ts: edit the code, then run it. -->\n\n${body.trim()}\n`;
}

/** A Markdown table; nothing when it has no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

export function codes(texts: Iterable<string>): string {
  return [...texts].map(code).join(", ");
}

export function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== "").join("\n\n");
}

function cell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ").replaceAll("|", "\\|");
}
