import { ClockerError } from "../model/errors.ts";

/** What the command line's exit codes mean (`clocker --help` shows them). */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  changes: 3,
  notFound: 4,
  refused: 5,
  noCapacity: 6,
  timedOut: 7,
  unreachable: 8,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp: readonly (readonly [ExitCode, string])[] = [
  [0, "done"],
  [1, "failed: the operation ran and failed"],
  [2, "usage: wrong flags, or a blueprint that is not valid"],
  [3, "plan --exit-code found changes"],
  [4, "not found"],
  [5, "refused: not signed in, not allowed, a conflict, or changed since the plan"],
  [6, "no capacity: no host, machine or port left"],
  [7, "timed out waiting; the work goes on"],
  [8, "cannot reach the server"],
  [130, "interrupted; exec ends with the code of the command that it ran, 126 where it cannot be run, 127 where it is not there"],
];

/** Ends the command line with the exit code of the command that it ran elsewhere; there is nothing to tell. */
export class ExitWith extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

/** An error that decides the exit code itself. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly remedy: string | undefined;
  /** Whether all that is to say has been said: only the exit code is left. */
  readonly isSilent: boolean;

  constructor(exitCode: ExitCode, message: string, options: { remedy?: string | undefined; cause?: unknown; isSilent?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CliError";
    this.exitCode = exitCode;
    this.remedy = options.remedy;
    this.isSilent = options.isSilent ?? false;
  }
}

const byCode: Readonly<Record<string, ExitCode>> = {
  "invalid-yaml": 2,
  "invalid-blueprint": 2,
  "invalid-value": 2,
  "invalid-request": 2,
  "unknown-type": 2,
  "unknown-location": 2,
  "not-found": 4,
  conflict: 5,
  forbidden: 5,
  "no-machine": 6,
  "no-capacity": 6,
  "no-port": 6,
};

/** The exit code of a failure that has one of the project's error codes. */
export function exitCodeOf(code: string | undefined, status?: number): ExitCode {
  const known = code === undefined ? undefined : byCode[code];
  if (known !== undefined) return known;
  if (status === 404) return exitCodes.notFound;
  if (status === 400) return exitCodes.usage;
  return status !== undefined && status > 400 && status < 500 ? exitCodes.refused : exitCodes.failed;
}

export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  return error instanceof ClockerError ? exitCodeOf(error.code) : exitCodes.failed;
}
