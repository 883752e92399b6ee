import { ClockerError } from "../model/errors.ts";
import { nearest } from "../model/nearest.ts";
import { ByonProvider } from "./byon/byon.ts";
import { LocalProvider } from "./local/local.ts";
import { LocalhostProvider } from "./localhost/localhost.ts";
import type { MachineProvider } from "./provider.ts";
import type { ProviderConfig } from "./provider-config.ts";

export type ProviderFactory = (config: ProviderConfig) => MachineProvider;

/** Every provider by the prefix of its location specs. A new one is its own file and a line here. */
export const providers: Readonly<Record<string, ProviderFactory>> = {
  byon: (config) => new ByonProvider(config),
  local: (config) => new LocalProvider(config),
  localhost: (config) => new LocalhostProvider(config),
};

/** @throws ClockerError `unknown-location` with the nearest name; `invalid-value` when the properties don't fit. */
export function createProvider(name: string, config: ProviderConfig): MachineProvider {
  const factory = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (factory !== undefined) return factory(config);
  const known = Object.keys(providers);
  const near = nearest(name, known);
  throw new ClockerError("unknown-location", `Unknown location provider "${name}"`, {
    remedy: near === undefined ? `Known providers are ${known.map((provider) => `"${provider}"`).join(", ")}` : `Did you mean "${near}"?`,
    details: { known },
  });
}
