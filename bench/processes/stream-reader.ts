import { get, type IncomingMessage } from "node:http";
import { serve } from "../support/child.ts";
import { preciseNow } from "../support/publisher.ts";

/** Reads an event stream and notes how old the value of each `bench.latest` is when it arrives: its value is when it was published. */
let response: IncomingMessage | undefined;
let ages: number[] = [];
let events = 0;
let dropped = false;

serve({
  open: (url) => open(String(url)),
  /** What came since the last time that this was asked. */
  take: () => {
    const answer = { ages, events, dropped };
    ages = [];
    events = 0;
    return answer;
  },
  close: () => void response?.destroy(),
});

function open(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, (stream) => {
      response = stream;
      dropped = false;
      stream.setEncoding("utf8");
      let rest = "";
      stream.on("data", (text: string) => {
        const frames = (rest + text).split("\n\n");
        rest = frames.pop() ?? "";
        for (const frame of frames) note(frame);
        resolve();
      });
      stream.on("error", () => {});
      stream.on("end", () => (dropped = true));
    }).on("error", reject);
  });
}

function note(frame: string): void {
  if (frame.includes("event: overflow")) dropped = true;
  if (!frame.includes("event: sensor")) return;
  events++;
  if (!frame.includes('"bench.latest"')) return;
  const data: unknown = JSON.parse(frame.slice(frame.indexOf("data: ") + 6));
  if (typeof data === "object" && data !== null && "value" in data && typeof data.value === "number") ages.push(preciseNow() - data.value);
}
