import { isRecord } from "../../model/predicate/subject.ts";
import type { Work } from "../../model/work.ts";

/** One attribute of an MBean, or a part of it. */
export interface JmxAttribute {
  /** `java.lang:type=Memory`; with a `*` the first bean that matches. */
  readonly objectName: string;
  readonly attribute: string;
  /** Names into a composite value: `used`, `a/b`; the whole value when absent. */
  readonly path?: string | undefined;
}

/** The value, as JSON; or why there is none. */
export type JmxReading = { readonly value: unknown } | { readonly error: string };

/** A JVM's MBeans as they are read over HTTP. */
export interface JmxReader {
  /**
   * Reads attributes, all at once where that is possible.
   * @returns a reading for each, in their order
   * @throws ClockerError `unreachable` when nothing answers, or it answers something else
   */
  read(attributes: readonly JmxAttribute[], work: Work): Promise<readonly JmxReading[]>;
}

/** What lies at a path of a composite value. */
export function partOf(value: unknown, path: string | undefined): JmxReading {
  let current = value;
  for (const name of path?.split("/") ?? []) {
    if (!isRecord(current) || !Object.hasOwn(current, name)) return { error: `the attribute has no "${path}"` };
    current = current[name];
  }
  return { value: current };
}
