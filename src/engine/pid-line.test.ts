import { describe, expect, it } from "vitest";
import { PidLine } from "./pid-line.ts";

function lineWith(chunks: readonly string[]): { line: PidLine; output: () => string } {
  let output = "";
  const line = new PidLine("mark-1", (bytes) => void (output += bytes.toString()));
  for (const chunk of chunks) line.write(Buffer.from(chunk));
  return { line, output: () => output };
}

describe("PidLine", () => {
  it.each([[["mark-1 4711\nafter"]], [["mark-1 47", "11\naf", "ter"]], [["noise\nmark", "-1 4711\n", "after"]]])("takes the line out of %j", async (chunks) => {
    const { line, output } = lineWith(chunks);
    expect(output()).toBe("after");
    expect(line.seen).toBe(true);
    expect(await line.pid(0)).toBe(4711);
  });

  it("hands on all that it held when the line never came", async () => {
    const { line, output } = lineWith(["this account ", "is closed\n"]);
    expect(output()).toBe("");
    const waiting = line.pid(60_000);
    line.end();
    expect(output()).toBe("this account is closed\n");
    expect(line.seen).toBe(false);
    expect(await waiting).toBeUndefined();
  });

  it("wakes all who wait for the process id", async () => {
    const { line } = lineWith([]);
    const waiting = [line.pid(60_000), line.pid(60_000)];
    line.write(Buffer.from("mark-1 7\n"));
    expect(await Promise.all(waiting)).toEqual([7, 7]);
  });

  it("gives up waiting for the process id", async () => {
    expect(await lineWith([]).line.pid(0)).toBeUndefined();
  });
});
