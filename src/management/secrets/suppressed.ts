import { createHash } from "node:crypto";
import type { Json } from "../../model/spec.ts";
import { suppressedText } from "./secret.ts";
import { isSecretName } from "./secret-names.ts";

/**
 * What is shown instead of a secret: `<suppressed> (MD5 hash prefix: 6958B43C)`. Who knows the value can confirm it by the hash;
 * eight digits are too few to find it (Brooklyn's `Sanitizer.suppress`).
 */
export function suppressed(value: Json): string {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  const hash = createHash("md5").update(text).digest("hex").slice(0, 8).toUpperCase();
  return `${suppressedText} (MD5 hash prefix: ${hash})`;
}

/** JSON with the values of secret names suppressed at any depth, lines of text such as `password: x` included (Brooklyn's `Sanitizer.sanitizeJsonTypes`). */
export function withoutSecrets(value: Json, isSecret: (name: string) => boolean = isSecretName): Json {
  if (typeof value === "string") return linesWithoutSecrets(value, isSecret);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, isSecret));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, isSecret(name) ? suppressed(member) : withoutSecrets(member, isSecret)]));
}

/** Text with what follows `name:` or `name=` on a line suppressed where the name is a secret's. */
export function linesWithoutSecrets(text: string, isSecret: (name: string) => boolean = isSecretName): string {
  if (!/[:=]/.test(text)) return text;
  return text
    .split("\n")
    .map((line) => {
      const end = line.search(/[:=]/);
      const value = line.slice(end + 1);
      if (end <= 0 || value.trim() === "" || !isSecret(line.slice(0, end))) return line;
      return `${line.slice(0, end + 1)} ${suppressed(value.trim())}`;
    })
    .join("\n");
}
