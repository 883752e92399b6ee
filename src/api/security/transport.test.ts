import { describe, expect, it } from "vitest";
import { Properties } from "../../management/properties/properties.ts";
import { openSslName, transportOf } from "./transport.ts";

const P = "brooklyn.webconsole.security.transport.";

function of(values: Record<string, string>) {
  const warnings: string[] = [];
  const transport = transportOf(Properties.of(Object.fromEntries(Object.entries(values).map(([key, value]) => [`${P}${key}`, value]))).console(), (message) => warnings.push(message));
  return { transport, warnings };
}

describe("transportOf", () => {
  it("serves TLS 1.2 and later unless said otherwise", () => {
    expect(of({})).toEqual({ transport: { minVersion: "TLSv1.2" }, warnings: [] });
    expect(of({ protocols: "TLSv1.3" }).transport).toEqual({ minVersion: "TLSv1.3", maxVersion: "TLSv1.3" });
  });

  it("leaves out protocols that are broken, and says so; with nothing else it is refused", () => {
    const { transport, warnings } = of({ protocols: "TLSv1, TLSv1.1, TLSv1.2" });
    expect([transport, warnings.length]).toEqual([{ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }, 1]);
    expect(() => of({ protocols: "TLSv1" })).toThrow("not safe any more");
    expect(() => of({ protocols: "TLSv9" })).toThrow('there is no "TLSv9"');
  });

  it("takes ciphers by the names that Java has for them", () => {
    const { transport, warnings } = of({ ciphers: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256, TLS_RSA_WITH_NOTHING_AT_ALL" });
    expect(transport.ciphers).toBe("ECDHE-RSA-AES256-GCM-SHA384:TLS_AES_128_GCM_SHA256");
    expect(warnings).toEqual([expect.stringContaining("TLS_RSA_WITH_NOTHING_AT_ALL")]);
    expect(() => of({ ciphers: "NONSENSE" })).toThrow("none of the 1 that are listed is there");
  });

  it.each([
    ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE-ECDSA-AES128-SHA256"],
    ["SSL_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"],
    ["TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA", "DHE-RSA-CAMELLIA128-SHA"],
    ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"],
    ["TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA"],
    ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
  ])("knows %s as %s", (java, openSsl) => expect(openSslName(java)).toBe(openSsl));
});
