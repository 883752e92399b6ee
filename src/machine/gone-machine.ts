import type { Duplex } from "node:stream";
import type { ClockerError } from "../model/errors.ts";
import type { CommandSession, Machine, MachineFacts, RunResult } from "./machine.ts";

/** A machine that is there no more: it still has a name, and everything else fails with the reason. */
export class GoneMachine implements Machine {
  readonly name: string;
  readonly address = "";
  readonly #reason: ClockerError;

  constructor(name: string, reason: ClockerError) {
    this.name = name;
    this.#reason = reason;
  }

  run(): Promise<RunResult> {
    return Promise.reject(this.#reason);
  }

  open(): Promise<CommandSession> {
    return Promise.reject(this.#reason);
  }

  upload(): Promise<void> {
    return Promise.reject(this.#reason);
  }

  download(): Promise<Buffer> {
    return Promise.reject(this.#reason);
  }

  forward(): Promise<Duplex> {
    return Promise.reject(this.#reason);
  }

  facts(): Promise<MachineFacts> {
    return Promise.reject(this.#reason);
  }

  async close(): Promise<void> {}
}
