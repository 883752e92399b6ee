import type { ContainerEvent } from "../engine.ts";

/** What one listener has not read yet. */
interface Listener {
  events: ContainerEvent[];
  failure: Error | undefined;
  wake: () => void;
}

/** Hands container events to everyone who listens. */
export class EventHub {
  readonly #listeners = new Set<Listener>();

  emit(event: ContainerEvent): void {
    for (const listener of this.#listeners) {
      listener.events.push(event);
      listener.wake();
    }
  }

  /** Ends all listening with an error: the engine went away. */
  fail(failure: Error): void {
    for (const listener of this.#listeners) {
      listener.failure = failure;
      listener.wake();
    }
  }

  async *listen(signal: AbortSignal, onListening?: () => void): AsyncGenerator<ContainerEvent, void, undefined> {
    const listener: Listener = { events: [], failure: undefined, wake: () => undefined };
    this.#listeners.add(listener);
    onListening?.();
    try {
      while (!signal.aborted) {
        yield* listener.events.splice(0);
        if (listener.failure) throw listener.failure;
        if (listener.events.length === 0) await awoken(listener, signal);
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }
}

function awoken(listener: Listener, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      signal.removeEventListener("abort", wake);
      listener.wake = () => undefined;
      resolve();
    };
    listener.wake = wake;
    signal.addEventListener("abort", wake, { once: true });
    if (signal.aborted || listener.failure) wake();
  });
}
