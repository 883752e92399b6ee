/**
 * The one error class of the project. Sentence case, active voice: what could not be done, to what, why;
 * `remedy` says what to do next. `status` is the HTTP status the API answers with.
 */
export class ClockerError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  /** Machine-readable facts: key, path, line, column, candidates, ... Never a secret. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { remedy?: string; cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ClockerError";
    this.code = code;
    this.remedy = options.remedy;
    this.details = options.details ?? {};
  }

  get status(): number {
    return statusOfCode[this.code];
  }
}

/** Every kind of failure a user can meet, with the HTTP status it answers. */
export const statusOfCode = {
  "invalid-yaml": 400,
  "invalid-blueprint": 400,
  "invalid-value": 400,
  "invalid-request": 400,
  "unknown-type": 400,
  "unknown-location": 400,
  "not-found": 404,
  conflict: 409,
  forbidden: 403,
  "no-machine": 500,
  "no-capacity": 500,
  "no-port": 500,
  unreachable: 500,
  "command-failed": 500,
  "build-failed": 500,
  "download-failed": 500,
  "engine-error": 500,
  "host-key-mismatch": 500,
  timeout: 500,
  cancelled: 500,
  interrupted: 500,
  "start-failed": 500,
  "effector-failed": 500,
  storage: 500,
  internal: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof statusOfCode;

/** The message of anything thrown, with the messages of its causes: "outer: inner: innermost" (as Brooklyn collapses them). */
export function messageOf(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  while (current !== undefined && current !== null && parts.length < 6) {
    const text = current instanceof Error ? current.message || current.name : String(current);
    if (!parts.some((part) => part.includes(text))) parts.push(text);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(": ");
}

/** The remedy of the outermost error in the cause chain that has one. */
export function remedyOf(error: unknown): string | undefined {
  let current: unknown = error;
  for (let depth = 0; current instanceof Error && depth < 10; depth++) {
    if (current instanceof ClockerError && current.remedy !== undefined) return current.remedy;
    current = current.cause;
  }
  return undefined;
}
