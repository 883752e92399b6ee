import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import { isRecord } from "../../model/predicate/subject.ts";
import type { Work } from "../../model/work.ts";
import { type JmxAttribute, type JmxReader, type JmxReading, partOf } from "./jmx-reader.ts";

/** Asks an address with a body; how it is reached is the caller's. */
export type AskHttp = (request: { method: "GET" | "POST"; query?: string; body?: string }, work: Work) => Promise<{ status: number; body: string }>;

const answers = z.array(z.object({ status: z.number(), value: z.unknown().optional(), error: z.string().optional() }));

/** MBeans through a Jolokia agent: all attributes in one request. */
export function jolokiaReader(ask: AskHttp, name: string): JmxReader {
  return {
    read: async (attributes, work) => {
      const body = JSON.stringify(attributes.map(({ objectName, attribute }) => ({ type: "read", mbean: objectName, attribute })));
      const answer = await ask({ method: "POST", body }, work);
      const parsed = answers.safeParse(jsonIn(answer.body));
      if (answer.status !== 200 || !parsed.success || parsed.data.length !== attributes.length) {
        throw new ClockerError("unreachable", `Cannot read MBeans of ${name}: it answered ${answer.status}, and not as Jolokia does: ${answer.body.trim().slice(0, 200)}`, {
          remedy: "Check that the address is that of a Jolokia agent, and the user and password",
        });
      }
      return parsed.data.map((each, index): JmxReading => (each.status === 200 ? readingOf(each.value, attributes[index]) : { error: each.error ?? `status ${each.status}` }));
    },
  };
}

function readingOf(value: unknown, attribute: JmxAttribute | undefined): JmxReading {
  const isPattern = attribute !== undefined && /[*?]/.test(attribute.objectName);
  if (!isPattern || !isRecord(value)) return partOf(value, attribute?.path);
  // By bean, then by attribute.
  const [bean] = Object.values(value);
  return isRecord(bean) ? partOf(bean[attribute.attribute], attribute.path) : { error: "no MBean matches" };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
