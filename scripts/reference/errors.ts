import { exitCodeOf } from "../../src/cli/exit-codes.ts";
import { type ErrorCode, statusOfCode } from "../../src/model/errors.ts";
import { code, type Page, paragraphs, table } from "./page.ts";

/** What each code means; the compiler sees to it that none is missing. */
const meanings: Readonly<Record<ErrorCode, string>> = {
  "invalid-yaml": "The YAML does not parse; line and column are told",
  "invalid-blueprint": "The YAML parses and is not a blueprint: a key is missing, misplaced or unknown",
  "invalid-value": "A value is not of its key's type, or not one that can be used",
  "invalid-request": "The request cannot be carried out as it is",
  "unknown-type": "There is no entity type, catalog item, policy, enricher or initializer of that name; the nearest name is told",
  "unknown-location": "There is no location of that name; the nearest name is told",
  "not-found": "What was asked for is not there",
  conflict: "Something stands in the way: a name is taken, the data directory is in use, a host has containers",
  forbidden: "It may not be done: no rights, not signed in, or not safe",
  "no-machine": "The location has no machine left",
  "no-capacity": "No host of the cloud takes the container, and it may not grow; every host's reason is told",
  "no-port": "No port of the range is free",
  unreachable: "A machine or engine cannot be reached",
  "command-failed": "A command on a machine exited with another code than 0; its last lines are told",
  "build-failed": "An image does not build; the last lines of the build are told",
  "download-failed": "Something could not be downloaded, or its checksum is wrong",
  "engine-error": "A Docker Engine refused or failed; its message is told",
  "host-key-mismatch": "A machine shows another host key than the one recorded",
  timeout: "It took longer than it may",
  cancelled: "It was cancelled, by a user or because what it worked on is being removed",
  interrupted: "The management server ended while it ran",
  "start-failed": "An entity did not start; the cause is told",
  "effector-failed": "An effector failed; the cause is told",
  storage: "The server cannot keep or read its state",
  internal: "A fault in Clocker: please report it",
};

/** The codes of failures, with the HTTP status and the exit code that they lead to. */
export function errorsPage(): Page {
  const all: readonly (readonly [string, number])[] = Object.entries(statusOfCode);
  const rows = all.map(([name, status]) => [code(name), String(status), String(exitCodeOf(name, status)), meaningOf(name)]);
  return {
    file: "errors.md",
    title: "Error codes",
    summary: "the codes of failures, their HTTP status and exit code",
    body: paragraphs(
      "Every failure has a code, a sentence that says what could not be done and why, and where there is one, what to do. The API answers `{\"message\": …, \"error\": 400, \"data\": {\"code\": \"unknown-type\", \"reason\": …, \"remedy\": …}}`; the task that failed shows the same, beside its output.",
      table(["code", "HTTP", "exit code", "meaning"], rows),
    ),
  };
}

function meaningOf(name: string): string {
  return Object.entries(meanings).find(([each]) => each === name)?.[1] ?? "";
}
