/** Tokens that make a name a secret's, wherever they stand in it (Brooklyn's `brooklyn.security.sensitive.fields.tokens`). */
export const sensitiveTokens: readonly string[] = ["password", "passwd", "credential", "secret", "private", "access.cert", "access.key"];

/** Whether a name says that its value is a secret: it contains one of the tokens, in upper or lower case. */
export function isSecretName(name: string, tokens: readonly string[] = sensitiveTokens): boolean {
  const lower = name.toLowerCase();
  return tokens.some((token) => lower.includes(token.toLowerCase()));
}
