import { z } from "zod";
import { checked } from "./engine-failures.ts";

/** The newest API version that this client was written against. Docker 20.10 speaks 1.41; Docker 29 refuses less than 1.44. */
const NEWEST = "1.44";

export const versionAnswer = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().optional(),
  Os: z.string().default("linux"),
  Arch: z.string().default(""),
});

/** The API version to speak with an engine, from its answer to `GET /version`. */
export function negotiate(answer: unknown, engine: string): string {
  const { ApiVersion: newest, MinAPIVersion: oldest } = checked(versionAnswer, answer, engine, "agree on an API version");
  if (isOlder(newest, NEWEST)) return newest;
  return oldest !== undefined && isOlder(NEWEST, oldest) ? oldest : NEWEST;
}

function isOlder(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}
