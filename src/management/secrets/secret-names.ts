/** Tokens that make a name a secret's, wherever they stand in it (Brooklyn's `brooklyn.security.sensitive.fields.tokens`). */
export const sensitiveTokens: readonly string[] = ["password", "passwd", "credential", "secret", "private", "access.cert", "access.key"];

const sensitive = patternOf(sensitiveTokens);

/** Whether a name says that its value is a secret: it contains one of the tokens, in upper or lower case. */
export function isSecretName(name: string, tokens: readonly string[] = sensitiveTokens): boolean {
  return (tokens === sensitiveTokens ? sensitive : patternOf(tokens)).test(name);
}

/** One pattern for all tokens: every name of every value that is stored or shown is looked at. */
function patternOf(tokens: readonly string[]): RegExp {
  return new RegExp(tokens.map((token) => RegExp.escape(token)).join("|") || "(?!)", "i");
}
