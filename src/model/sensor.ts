import type { ValueType } from "./value-type.ts";

/** A sensor (attribute): one exported constant a sensor; setting and reading it is typed. */
export interface Sensor<T = unknown> {
  readonly name: string;
  readonly type: ValueType<T>;
  readonly description: string;
  /** A value that changes by itself and is read again after a restart: kept in the store lazily. */
  readonly transient: boolean;
}

export function sensor<T>(name: string, type: ValueType<T>, description: string, options: { transient?: boolean } = {}): Sensor<T> {
  return { name, type, description, transient: options.transient ?? false };
}

export interface SensorValue {
  readonly value: unknown;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
