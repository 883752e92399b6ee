import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { parseJson } from "./engine-failures.ts";

/** The JSON values of a stream with one value a line, as the engine sends progress and events. @throws engine-error where it is not JSON */
export async function* jsonLines(stream: Readable, engine: string, action: string): AsyncGenerator<unknown, void, undefined> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield parseJson(line, engine, action);
  }
  rest += decoder.end();
  if (rest.trim() !== "") yield parseJson(rest, engine, action);
}
