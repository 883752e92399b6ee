import { StringDecoder } from "node:string_decoder";
import type { OutputStream } from "./stream-frames.ts";

/** Decodes two byte streams as UTF-8; a character split over chunks is put together. */
export class TextStreams {
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  readonly #onText: (stream: OutputStream, text: string) => void;

  constructor(onText: (stream: OutputStream, text: string) => void) {
    this.#onText = onText;
  }

  write(stream: OutputStream, bytes: Buffer): void {
    this.#emit(stream, this.#decoders[stream].write(bytes));
  }

  /** Gives out what is left of an incomplete character. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) this.#emit(stream, this.#decoders[stream].end());
  }

  #emit(stream: OutputStream, text: string): void {
    if (text !== "") this.#onText(stream, text);
  }
}
