import { ClockerError } from "../../model/errors.ts";
import type { ParsedLocationSpec } from "../../provider/location.ts";

/**
 * Takes a location spec apart, as Brooklyn writes them (reference, 6.1): `localhost`, `byon:(hosts="1.2.3.4,1.2.3.5")`,
 * `byon(hosts="…", user=bob)`, `docker:abc:def`, `jclouds:aws-ec2:us-east-1`.
 * @throws ClockerError `invalid-value`.
 */
export function parseLocationSpec(text: string): ParsedLocationSpec {
  const trimmed = text.trim();
  const match = /^([A-Za-z0-9_.-]+(?: [A-Za-z0-9_.-]+)*)((?::[^:()]+)*):?(?:\((.*)\))?$/s.exec(trimmed);
  if (match === null) throw invalid(text);
  const [, prefix = "", path = "", list] = match;
  return { text: trimmed, prefix, path: path.split(":").filter((part) => part !== ""), arguments: list === undefined ? {} : parseArguments(list, text) };
}

/** `key=value, key="quoted, value"`; a single value with no key is `host` (as in `host:(1.2.3.4)`). */
function parseArguments(list: string, text: string): Record<string, string> {
  const found: Record<string, string> = {};
  if (list.trim() === "") return found;
  const pattern = /\s*(?:([A-Za-z0-9_.-]+)\s*=\s*)?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:[^,"'{}]|\{[^}]*\})*)\s*(,|$)/gy;
  while (pattern.lastIndex < list.length) {
    const match = pattern.exec(list);
    if (match === null) throw invalid(text);
    const [, key = "host", value = ""] = match;
    found[key] = unquote(value.trim());
    if (match[3] !== ",") break;
  }
  return found;
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/s.exec(value);
  return quoted === null ? value : (quoted[2] ?? "").replace(/\\(.)/g, "$1");
}

function invalid(text: string): ClockerError {
  return new ClockerError("invalid-value", `Invalid location '${text}'; for example, "localhost" or "byon:(hosts=\\"1.2.3.4,1.2.3.5\\", user=bob)"`);
}
