/** A template that cannot be read or filled in. What it says is a clause: `${x} has no value`. */
export class TemplateError extends Error {
  readonly reason: string;
  readonly line: number;
  readonly column: number;
  readonly remedy: string | undefined;

  constructor(reason: string, at: Place, remedy?: string) {
    super(`${reason} at line ${at.line}, column ${at.column}`);
    this.name = "TemplateError";
    this.reason = reason;
    this.line = at.line;
    this.column = at.column;
    this.remedy = remedy;
  }
}

/** Where something begins, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
