import { ClockerError } from "../../model/errors.ts";

export interface SilenceLimit {
  /** Aborts after too long a silence, or when all of it took too long. */
  readonly signal: AbortSignal;
  /** Something was heard: the silence starts anew. */
  heard(): void;
  /** Must be called in the end, or the timers stay. */
  end(): void;
}

/** Bounds work that tells of its progress. Milliseconds: `silence` between two signs of life, `overall` for everything. */
export function limitSilence({ silence, overall }: { silence: number; overall: number }): SilenceLimit {
  const controller = new AbortController();
  const giveUpAfter = (limit: number, what: string) =>
    setTimeout(() => controller.abort(new ClockerError("timeout", `Gave up after ${limit / 1000} s ${what}`)), limit);
  const quiet = giveUpAfter(silence, "without progress");
  const whole = giveUpAfter(overall, "in all");
  return {
    signal: controller.signal,
    heard: () => void quiet.refresh(),
    end: () => {
      clearTimeout(quiet);
      clearTimeout(whole);
    },
  };
}
