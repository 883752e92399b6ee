import { Agent, get, type IncomingMessage } from "node:http";
import { z } from "zod";
import { serve } from "../support/child.ts";

/** Readers that ask one after another, each as fast as it is answered. */
const Load = z.object({
  base: z.string(),
  /** Asked for in turn. */
  paths: z.array(z.string()).min(1),
  readers: z.int(),
  /** Milliseconds; each reader asks at least once. */
  time: z.number(),
  /** Whether readers say which answer they have (`If-None-Match`). */
  conditional: z.boolean().default(false),
});

serve({ run: async (argument) => run(Load.parse(argument)) });

async function run({ base, paths, readers, time, conditional }: z.infer<typeof Load>): Promise<{ times: number[]; bytes: number; notModified: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: readers });
  const times: number[] = [];
  const tags = new Map<string, string>();
  const sums = { bytes: 0, notModified: 0 };
  let next = 0;
  const until = performance.now() + time;
  const read = async (): Promise<void> => {
    do {
      const path = paths[next++ % paths.length] ?? "/";
      const tag = conditional ? tags.get(path) : undefined;
      const startedAt = performance.now();
      const { statusCode, headers, size } = await ask(new URL(path, base), agent, tag === undefined ? {} : { "if-none-match": tag });
      times.push(performance.now() - startedAt);
      if (statusCode !== 200 && statusCode !== 304) throw new Error(`${path} answered ${statusCode}`);
      if (headers.etag !== undefined) tags.set(path, headers.etag);
      if (statusCode === 304) sums.notModified++;
      else sums.bytes = size;
    } while (performance.now() < until);
  };
  await Promise.all(Array.from({ length: readers }, read));
  agent.destroy();
  return { times, ...sums };
}

function ask(url: URL, agent: Agent, headers: Record<string, string>): Promise<Pick<IncomingMessage, "statusCode" | "headers"> & { size: number }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers }, (response) => {
      let size = 0;
      response.on("data", (chunk: Buffer) => (size += chunk.length));
      response.on("end", () => resolve({ statusCode: response.statusCode, headers: response.headers, size }));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
