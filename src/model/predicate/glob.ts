/** The pattern that matches what a glob does: `*`, `?`, `[abc]`, `[!a-z]`, `{one,two}`. */
export function globPattern(glob: string): string {
  let depth = 0;
  return glob.replaceAll(/\[(!?)((?:\]|[^\]])[^\]]*)\]|\\?[^[]|\[/gs, (part: string, negation: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${negation === "!" ? "^" : ""}${set.replaceAll(/[\\[\]^]/g, "\\$&")}]`;
    if (part === "*") return "[\\s\\S]*";
    if (part === "?") return "[\\s\\S]";
    if (part === "{") depth++;
    if (part === "{") return "(?:";
    if (part === "}" && depth > 0) {
      depth--;
      return ")";
    }
    if (part === "," && depth > 0) return "|";
    return part.replace(/^\\(?=.)/s, "").replaceAll(/[$()*+.?[\\\]^{|}/-]/g, "\\$&");
  });
}
