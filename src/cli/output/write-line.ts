import type { Output } from "../io.ts";

/** Writes, and waits until the output takes more: what reads it, a pager or a pipe, sets the pace. */
export async function writeLine(output: Output, text: string | Uint8Array): Promise<void> {
  if (output.write(text) !== false || output.on === undefined) return;
  await new Promise<void>((resolve) => {
    const onDrain = (): void => {
      output.off?.("drain", onDrain);
      resolve();
    };
    output.on?.("drain", onDrain);
  });
}
