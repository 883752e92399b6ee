import type { Json } from "../../model/spec.ts";
import { isSecretName } from "../../management/secrets/secret-names.ts";
import { suppressed, withoutSecrets as withoutSecretsIn } from "../../management/secrets/suppressed.ts";

/** JSON with the values of secret-named entries suppressed, however deep. Takes what `jsonOf` gave. */
export function withoutSecrets(value: unknown): unknown {
  return value === undefined ? undefined : withoutSecretsIn(value as Json);
}

/** A named value for users: suppressed when the name says that it is a secret. */
export function withoutSecret(name: string, value: unknown): unknown {
  return isSecretName(name) && isHidden(value) ? suppressed(value as Json) : withoutSecrets(value);
}

/** Flags and absent values are no secrets, whatever they are called. */
function isHidden(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "" && typeof value !== "boolean";
}
