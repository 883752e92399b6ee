import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** The JSON values of a stream with one value a line, as the engine sends progress and events. */
export async function* jsonLines(stream: Readable): AsyncGenerator<unknown, void, undefined> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line);
  }
  rest += decoder.end();
  if (rest.trim() !== "") yield JSON.parse(rest);
}
