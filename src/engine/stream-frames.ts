export type OutputStream = "stdout" | "stderr";

const HEADER = 8;
const STDERR = 2;

/**
 * Splits the engine's multiplexed output (attach, exec and logs without a terminal): each frame has a header of 8 bytes, the stream's
 * number in the first and the length, big-endian, in the last four. Chunks may break anywhere.
 */
export function frameReader(onFrame: (stream: OutputStream, payload: Buffer) => void): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let stream: OutputStream = "stdout";
  let left = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (left > 0) {
        const payload = chunk.subarray(at, at + left);
        at += payload.length;
        left -= payload.length;
        onFrame(stream, payload);
        continue;
      }
      const part = chunk.subarray(at, at + HEADER - header.length);
      at += part.length;
      header = Buffer.concat([header, part]);
      if (header.length < HEADER) return;
      stream = header[0] === STDERR ? "stderr" : "stdout";
      left = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  };
}
