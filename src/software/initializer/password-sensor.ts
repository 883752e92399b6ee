import { randomInt } from "node:crypto";
import type { InitializerType } from "../../model/adjunct.ts";
import { configKey } from "../../model/config-key.ts";
import { ClockerError } from "../../model/errors.ts";
import { sensor } from "../../model/sensor.ts";
import { types } from "../../model/types/index.ts";
import { NAME } from "./sensor-keys.ts";

const LENGTH = configKey("password.length", types.integer, "Characters of the password", { defaultValue: 12 });
const CHARACTERS = configKey("password.chars", types.string, "Characters that the password may have; letters and digits when not set");
const GROUPS = configKey("password.character.groups", types.list(types.string), "Groups of characters of each of which the password has at least one", { aliases: ["character.groups"] });

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Brooklyn's `CreatePasswordSensor`: a random password, made once and kept. */
export const passwordSensor: InitializerType = {
  name: "org.apache.brooklyn.core.sensor.password.CreatePasswordSensor",
  displayName: "Password sensor",
  description: "Adds a sensor with a random password",
  aliases: ["brooklyn.entity.software.password.CreatePasswordSensor", "create-password-sensor"],
  config: [NAME, LENGTH, CHARACTERS, GROUPS],
  apply: (entity, config) => {
    const name = config.get(NAME);
    if (name === undefined) throw new ClockerError("invalid-blueprint", `Cannot initialize "${entity.displayName}": CreatePasswordSensor needs a name for its sensor`, { remedy: 'Give "name" in its brooklyn.config' });
    const target = sensor(name, types.secret, "A random password");
    if (!entity.sensor(name)) entity.dynamicSensors.set(name, target);
    // Applied again after a restart, before stored values are back: the one that is stored then takes the place of this one.
    if (entity.sensorValue(name) === undefined) entity.set(target, randomPassword(config.get(LENGTH), config.get(GROUPS) ?? [], config.get(CHARACTERS)));
  },
};

/** @throws ClockerError `invalid-value` when the groups do not fit into the length */
export function randomPassword(length: number, groups: readonly string[], characters: string | undefined): string {
  if (length < Math.max(1, groups.length) || length > 1_000 || groups.includes("") || characters === "") {
    throw new ClockerError("invalid-value", `Cannot make a password of ${length} characters with at least one of each of ${groups.length} groups`);
  }
  const all = characters ?? (groups.length > 0 ? groups.join("") : LETTERS_AND_DIGITS);
  const picked = [...groups.map(pick), ...Array.from({ length: length - groups.length }, () => pick(all))];
  for (let i = picked.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [picked[i], picked[j]] = [picked[j] ?? "", picked[i] ?? ""];
  }
  return picked.join("");
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}
