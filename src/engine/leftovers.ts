import type { ExecSession } from "./exec-session.ts";
import { OutputGrace } from "./output-grace.ts";

/** Milliseconds between questions whether a command is over whose output has not ended. */
const LEFTOVERS_PERIOD = 2_000;

/** Cuts the output of a command that is over, but left a process behind that holds it open. The returned function ends the watch. */
export function watchForLeftovers(session: ExecSession): () => void {
  const grace = new OutputGrace(() => session.socket.destroy());
  session.socket.on("data", () => grace.heard());
  const stop = new AbortController();
  const ask = (): void => {
    // An engine that does not answer now is asked again; that it is gone is told by the connection itself.
    session.hasEnded(stop.signal).then((isOver) => (isOver ? grace.begin() : plan()), () => stop.signal.aborted || plan());
  };
  let timer: NodeJS.Timeout;
  const plan = (): void => void (timer = setTimeout(ask, LEFTOVERS_PERIOD));
  plan();
  return () => {
    clearTimeout(timer);
    stop.abort();
    grace.cancel();
  };
}
