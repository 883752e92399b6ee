import { effector } from "../../model/effector.ts";
import type { Entity } from "../../model/entity.ts";
import { defineEntityType } from "../../model/entity-type.ts";
import { formatted, SEQUENCE_FORMAT, SEQUENCE_INCREMENT, SEQUENCE_START, SEQUENCE_STRING, SEQUENCE_VALUE } from "../group/sequence.ts";
import { startableBase } from "./application.ts";

/** Brooklyn's `SequenceEntity`: a counter that others ask for numbers. */
export const sequenceEntity = defineEntityType({
  name: "org.apache.brooklyn.entity.stock.SequenceEntity",
  displayName: "Sequence",
  description: "A sequence of numbers, and of texts made of them",
  extends: [startableBase],
  config: [SEQUENCE_START, SEQUENCE_INCREMENT, SEQUENCE_FORMAT],
  sensors: [SEQUENCE_VALUE, SEQUENCE_STRING],
  effectors: [
    effector("currentValue", "The current value", async ({ entity }) => valueOf(entity), { returnType: "java.lang.Integer" }),
    effector("nextValue", "Goes to the next value and returns it", async ({ entity }) => step(entity), { returnType: "java.lang.Integer" }),
    effector("get", "The current value", async ({ entity }) => valueOf(entity), { returnType: "java.lang.Integer" }),
    effector("incrementAndGet", "Goes to the next value and returns it", async ({ entity }) => step(entity), { returnType: "java.lang.Integer" }),
    effector("increment", "Goes to the next value", async ({ entity }) => void step(entity)),
    effector("currentString", "The current value as text", async ({ entity }) => formatted(entity, valueOf(entity)), { returnType: "java.lang.String" }),
    effector("nextString", "Goes to the next value and returns it as text", async ({ entity }) => formatted(entity, step(entity)), { returnType: "java.lang.String" }),
    effector("reset", "Goes back to where the sequence begins", async ({ entity }) => setValue(entity, entity.config.peek(SEQUENCE_START))),
  ],
  hooks: { init: (entity) => setValue(entity, entity.config.peek(SEQUENCE_START)) },
});

function valueOf(entity: Entity): number {
  return entity.get(SEQUENCE_VALUE) ?? entity.config.peek(SEQUENCE_START);
}

function step(entity: Entity): number {
  const value = valueOf(entity) + entity.config.peek(SEQUENCE_INCREMENT);
  setValue(entity, value);
  return value;
}

function setValue(entity: Entity, value: number): void {
  const text = formatted(entity, value);
  entity.set(SEQUENCE_VALUE, value);
  entity.set(SEQUENCE_STRING, text);
}
