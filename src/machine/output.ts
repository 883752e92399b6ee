import { StringDecoder } from "node:string_decoder";
import { OUTPUT_LIMIT, type RunOptions, type RunResult } from "./machine.ts";

/** Keeps the last `limit` characters of a text that comes in chunks. */
class TextTail {
  readonly #limit: number;
  #text = "";

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: string): void {
    this.#text += chunk;
    // Cut rarely: each cut copies.
    if (this.#text.length > 2 * this.#limit) this.#text = this.#text.slice(-this.#limit);
  }

  get text(): string {
    return this.#text.slice(-this.#limit);
  }
}

/** The output of a command: hands on every chunk to the caller's callbacks, and keeps the tail for the result. */
export class Output {
  readonly #options: Pick<RunOptions, "onStdout" | "onStderr">;
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  readonly #tails = { stdout: new TextTail(OUTPUT_LIMIT), stderr: new TextTail(OUTPUT_LIMIT) };

  constructor(options: Pick<RunOptions, "onStdout" | "onStderr">) {
    this.#options = options;
  }

  readonly stdoutBytes = (bytes: Buffer): void => this.stdout(this.#decoders.stdout.write(bytes));
  readonly stderrBytes = (bytes: Buffer): void => this.stderr(this.#decoders.stderr.write(bytes));

  readonly stdout = (text: string): void => {
    if (text === "") return;
    this.#tails.stdout.add(text);
    this.#options.onStdout?.(text);
  };

  readonly stderr = (text: string): void => {
    if (text === "") return;
    this.#tails.stderr.add(text);
    this.#options.onStderr?.(text);
  };

  /** The result; call it once, when the output has ended. */
  result(exitCode: number): RunResult {
    this.stdout(this.#decoders.stdout.end());
    this.stderr(this.#decoders.stderr.end());
    return { exitCode, stdout: this.#tails.stdout.text, stderr: this.#tails.stderr.text };
  }
}
