import { formatString } from "../../blueprint/dsl/index.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError } from "../../model/errors.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";

/** Keys and sensors of Brooklyn's `SequenceGroup` and `SequenceEntity` (reference, 7.4). */
export const SEQUENCE_START = configKey("sequence.start", types.integer, "Where the sequence begins", { flag: "sequenceStart", defaultValue: 1, inherited: false });
export const SEQUENCE_INCREMENT = configKey("sequence.increment", types.integer, "By how much it goes on", { flag: "sequenceIncrement", defaultValue: 1, inherited: false });
export const SEQUENCE_FORMAT = configKey("sequence.format", types.string, "How a value is written as text, such as node-%03d", { flag: "sequenceFormat", defaultValue: "%d", inherited: false });
export const SEQUENCE_VALUE = sensor("sequence.value", types.integer, "The current value of the sequence");
export const SEQUENCE_STRING = sensor("sequence.string", types.string, "The current value of the sequence as text");

/** A value in the format that the entity has. @throws ClockerError `invalid-value` for a format that takes no number. */
export function formatted(entity: Entity, value: number): string {
  const format = entity.config.peek(SEQUENCE_FORMAT);
  try {
    return formatString(format, [value]);
  } catch (error) {
    throw new ClockerError("invalid-value", `Cannot read config "${SEQUENCE_FORMAT.name}" of "${entity.displayName}": "${format}" is not a format for a number`, { cause: error, remedy: "Write something like %d or node-%03d" });
  }
}
