import type { ClockerError } from "../../model/errors.ts";
import { failureOfAnswer } from "../engine-failures.ts";

/** The error that a real engine's answer would become. */
export function refusal(engine: string, action: string, status: number, message: string): ClockerError {
  return failureOfAnswer(engine, action, status, JSON.stringify({ message }));
}
