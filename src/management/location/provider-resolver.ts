import { isDeepStrictEqual } from "node:util";
import type { Management } from "../../model/management.ts";
import type { Json } from "../../model/spec.ts";
import { HostClaims } from "../../provider/byon/host-claims.ts";
import { createProvider } from "../../provider/index.ts";
import type { LocationResolver, ParsedLocationSpec } from "../../provider/location.ts";
import type { Properties } from "../properties/properties.ts";
import { ProviderLocation } from "./provider-location.ts";

const javaTypes: Readonly<Record<string, string>> = {
  localhost: "org.apache.brooklyn.location.localhost.LocalhostMachineProvisioningLocation",
  byon: "org.apache.brooklyn.location.byon.FixedListMachineProvisioningLocation",
};

const claimsOf = new WeakMap<Management, HostClaims>();

/** One for all locations of the plane: two lists may name the same host. */
function hostClaimsOf(management: Management): HostClaims {
  const known = claimsOf.get(management) ?? new HostClaims();
  claimsOf.set(management, known);
  return known;
}

/** Locations of a provider: config from the properties file, then the named location's and the blueprint's, then the spec's arguments. */
export function providerResolver(prefix: string, management: Management, properties: Properties): LocationResolver {
  const settings = (spec: ParsedLocationSpec, given: Readonly<Record<string, Json>>) => {
    const config: Record<string, Json> = { ...properties.locationDefaults(prefix), ...given, ...spec.arguments };
    const { dataDir, clock, secrets, planeId } = management;
    const provider = () => createProvider(prefix, { dataDir, clock, secrets, owner: planeId, properties: config, hostClaims: hostClaimsOf(management) });
    return { config, provider, name: String(config["displayName"] ?? config["name"] ?? prefix) };
  };
  return {
    prefix,
    resolve: (spec, id, given) => {
      const { config, provider, name } = settings(spec, given);
      return new ProviderLocation({ id, name, spec: spec.text, type: javaTypes[prefix] ?? `clocker.provider.${prefix}`, config, provider: provider(), management });
    },
    refresh: (location, spec, given) => {
      const { config, provider, name } = settings(spec, given);
      if (location instanceof ProviderLocation && !isDeepStrictEqual(location.config, config)) location.reconfigure({ name, config, provider: provider() });
    },
  };
}
