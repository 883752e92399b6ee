import type { Entity } from "../../model/entity.ts";
import { together } from "../../model/follow-entities.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";

/** Copies sensors of whichever entity is primary; those that it does not have are cleared. */
export class PrimarySensors {
  readonly #owner: Entity;
  readonly #names: readonly string[];
  readonly #primary: () => Entity | undefined;
  #stop: () => void = () => {};

  constructor(owner: Entity, names: readonly string[], primary: () => Entity | undefined) {
    this.#owner = owner;
    this.#names = names;
    this.#primary = primary;
    this.follow();
  }

  /** Turns to the primary that there is now. */
  follow(): void {
    this.#stop();
    const primary = this.#primary();
    const copy = (name: string): void => {
      const target = this.#owner.sensor(name) ?? { ...(primary?.sensor(name) ?? sensor(name, types.json, "Copied from the primary")) };
      this.#owner.set(target, primary?.sensorValue(name)?.value);
    };
    for (const name of this.#names) copy(name);
    this.#stop = primary === undefined ? () => {} : together(this.#names.map((name) => primary.management.events.subscribeSensor(primary.id, name, () => copy(name))));
  }

  stop(): void {
    this.#stop();
  }
}
