import { describe, expect, it } from "vitest";
import { frameReader } from "./stream-frames.ts";
import { TextStreams } from "./text-streams.ts";

function frame(stream: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

describe("frameReader()", () => {
  const bytes = Buffer.concat([frame(1, "out: ä€"), frame(2, "err: ü"), frame(1, ""), frame(1, "😀 end")]);

  it.each([1, 2, 3, 7, 8, 9, 1000])("gives both streams, with chunks of %i bytes", (size) => {
    const seen = { stdout: "", stderr: "" };
    const text = new TextStreams((stream, chunk) => void (seen[stream] += chunk));
    const read = frameReader((stream, payload) => text.write(stream, payload));
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
    text.end();
    expect(seen).toEqual({ stdout: "out: ä€😀 end", stderr: "err: ü" });
  });
});
