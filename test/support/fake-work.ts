import type { Work } from "../../src/model/work.ts";

export interface FakeWork extends Work {
  /** All that was written, by stream. */
  readonly streams: Readonly<Record<string, string>>;
  cancel(reason?: Error): void;
}

/** Work without a task behind it: steps run as they are. */
export function fakeWork(): FakeWork {
  const controller = new AbortController();
  const streams: Record<string, string> = {};
  const work: FakeWork = {
    taskId: "faketask",
    signal: controller.signal,
    streams,
    cancel: (reason = new Error("Cancelled by a test")) => controller.abort(reason),
    step: async <T>(_name: string, body: (inner: Work) => Promise<T>): Promise<T> => await body(work),
    write: (stream, chunk) => {
      streams[stream] = (streams[stream] ?? "") + chunk;
    },
    log: (line) => work.write("stdout", `${line}\n`),
    waitFor: () => {},
  };
  return work;
}
