import { getCiphers, type SecureVersion } from "node:tls";
import type { ConsoleSecurity } from "../../management/properties/console-security.ts";
import { ClockerError } from "../../model/errors.ts";

/** What HTTPS connections may use. */
export interface Transport {
  readonly minVersion: SecureVersion;
  readonly maxVersion?: SecureVersion;
  /** As OpenSSL names them, separated by colons; the better first. */
  readonly ciphers?: string;
  readonly honorCipherOrder?: boolean;
}

const PREFIX = "brooklyn.webconsole.security.transport.";
/** Older ones are broken: nobody gets them, whatever the properties say. */
const SERVED: readonly SecureVersion[] = ["TLSv1.2", "TLSv1.3"];
const KNOWN = ["SSLv2", "SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1", ...SERVED];

/**
 * What `brooklyn.webconsole.security.transport.protocols` and `.ciphers` allow, the latter by the names that Java has for them.
 * @param warn told what is listed there and not served
 * @throws ClockerError `invalid-value` for names that nobody knows, and where nothing is left
 */
export function transportOf(security: ConsoleSecurity, warn: (message: string) => void): Transport {
  return { ...versionsOf(listOf(security.setting("transport.protocols")), warn), ...ciphersOf(listOf(security.setting("transport.ciphers")), warn) };
}

function versionsOf(listed: readonly string[], warn: (message: string) => void): Pick<Transport, "minVersion" | "maxVersion"> {
  if (listed.length === 0) return { minVersion: "TLSv1.2" };
  const unknown = listed.find((name) => !KNOWN.some((known) => known.toLowerCase() === name.toLowerCase()));
  if (unknown !== undefined) throw new ClockerError("invalid-value", `Cannot use ${PREFIX}protocols: there is no "${unknown}"`, { remedy: "List TLSv1.2 and TLSv1.3" });
  const served = SERVED.filter((version) => listed.some((name) => name.toLowerCase() === version.toLowerCase()));
  const [minVersion] = served;
  const maxVersion = served.at(-1);
  if (minVersion === undefined || maxVersion === undefined) throw new ClockerError("invalid-value", `Cannot use ${PREFIX}protocols: ${listed.join(", ")} are not safe any more`, { remedy: "List TLSv1.2 and TLSv1.3" });
  if (served.length < listed.length) warn(`Protocols older than TLSv1.2 are not served, although ${PREFIX}protocols lists some`);
  return { minVersion, maxVersion };
}

function ciphersOf(listed: readonly string[], warn: (message: string) => void): Pick<Transport, "ciphers" | "honorCipherOrder"> {
  if (listed.length === 0) return {};
  const available = new Set(getCiphers().map((name) => name.toUpperCase()));
  const found = [...new Set(listed.map(openSslName))].filter((name) => available.has(name.toUpperCase()));
  if (found.length === 0) throw new ClockerError("invalid-value", `Cannot use ${PREFIX}ciphers: none of the ${listed.length} that are listed is there`, { remedy: "List for instance TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_AES_256_GCM_SHA384" });
  const missing = listed.filter((name) => !available.has(openSslName(name).toUpperCase()));
  if (missing.length > 0) warn(`${PREFIX}ciphers lists ${missing.length} that this computer has not: ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", ..." : ""}`);
  return { ciphers: found.join(":"), honorCipherOrder: true };
}

/** `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is `ECDHE-RSA-AES128-GCM-SHA256`, `TLS_RSA_WITH_AES_128_CBC_SHA` is `AES128-SHA`; those of TLS 1.3 are called the same. */
export function openSslName(name: string): string {
  const match = /^(?:TLS|SSL)_(.+)_WITH_(.+)$/.exec(name.trim());
  if (match === null) return name.trim();
  const [, exchange = "", cipher = ""] = match;
  const readable = cipher
    .replace(/^(AES|CAMELLIA)_(\d+)_CBC_/, "$1$2-")
    .replace(/^(AES|CAMELLIA|ARIA)_(\d+)_/, "$1$2-")
    .replace(/^3DES_EDE_CBC_/, "DES-CBC3-")
    .replace(/^(CHACHA20_POLY1305)_SHA256$/, "$1")
    .replaceAll("_", "-");
  return exchange === "RSA" ? readable : `${exchange.replaceAll("_", "-")}-${readable}`;
}

function listOf(text: string | undefined): string[] {
  return (text ?? "").split(",").map((each) => each.trim()).filter((each) => each !== "");
}
