import { hyphenatedLocationKeys, knownLocationKeys } from "./known-keys.ts";
import { type PropertyMap, stripped } from "./property-map.ts";

/** A location that the properties define: `brooklyn.location.named.NAME=SPEC` with `brooklyn.location.named.NAME.KEY=VALUE`. */
export interface NamedLocationProperties {
  readonly name: string;
  readonly spec: string;
  readonly displayName: string | undefined;
  /** The location's config, `displayName` included, as text. */
  readonly properties: Readonly<Record<string, string>>;
}

const named = "brooklyn.location.named.";

/** Providers that are no clouds: what is set for jclouds does not apply to them. */
const notClouds = new Set(["localhost", "local", "byon", "host", "single", "multi", "named", "pool", "docker", "server"]);

/** The locations that have a spec, in the order of the file. A name has no dot: after one begins the name of a property (Brooklyn's rule). */
export function namedLocations(properties: PropertyMap): NamedLocationProperties[] {
  return [...stripped(properties, named)]
    .filter(([name]) => !name.includes("."))
    .map(([name, spec]) => {
      const config = modernised(stripped(properties, `${named}${name}.`));
      return { name, spec, displayName: config.get("displayName"), properties: Object.fromEntries(config) };
    });
}

/** Names that have properties and no spec, so that they define no location. */
export function namesWithoutSpec(properties: PropertyMap): string[] {
  const all = stripped(properties, named);
  const owners = [...all.keys()].filter((key) => key.includes(".")).map((key) => key.slice(0, key.indexOf(".")));
  return [...new Set(owners)].filter((name) => !all.has(name));
}

/**
 * The config that every location of a provider begins with, as text. Later wins (Brooklyn's
 * `JcloudsPropertiesFromBrooklynProperties`): `brooklyn.location.KEY` (single words), `brooklyn.location.PROVIDER.KEY`, and for
 * clouds `brooklyn.location.jclouds.KEY`, `...jclouds.PROVIDER.KEY`, `...jclouds.PROVIDER@REGION.KEY`; each after its old form
 * (`brooklyn.jclouds.*`, `brooklyn.localhost.*`).
 * @param region of a cloud, or the endpoint of one that is reached by address
 */
export function locationDefaults(properties: PropertyMap, provider: string, region?: string): Record<string, string> {
  const general = stripped(properties, "brooklyn.location.");
  const layers = [singleWords(general)];
  if (provider === "localhost") layers.push(stripped(properties, "brooklyn.localhost."));
  layers.push(stripped(properties, `brooklyn.location.${provider}.`));
  if (!notClouds.has(provider)) layers.push(knownDotted(general), ...cloudLayers(properties, provider, region));
  return Object.fromEntries(layers.flatMap((layer) => [...modernised(layer)]));
}

/** The new name of a hyphenated one of before Brooklyn 0.6; undefined for any other. */
export function modernName(key: string): string | undefined {
  return Object.hasOwn(hyphenatedLocationKeys, key) ? hyphenatedLocationKeys[key] : undefined;
}

function cloudLayers(properties: PropertyMap, provider: string, region: string | undefined): Map<string, string>[] {
  const [old, current] = [stripped(properties, "brooklyn.jclouds."), stripped(properties, "brooklyn.location.jclouds.")];
  const scopes = region === undefined ? [provider] : [provider, `${provider}@${region}`];
  return [
    singleWords(old),
    singleWords(current),
    knownDotted(current),
    new Map([...current].filter(([key]) => key.startsWith("jclouds."))),
    ...scopes.flatMap((scope) => ["brooklyn.jclouds.", "brooklyn.location.jclouds."].map((prefix) => stripped(properties, `${prefix}${scope}.`))),
  ];
}

/** Keys of all locations: one with a dot is about one provider or one location. */
function singleWords(layer: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...layer].filter(([key]) => !key.includes(".")));
}

/** Keys that have a dot in their own name, such as `loginUser.privateKeyFile`. */
function knownDotted(layer: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...layer].filter(([key]) => dottedKeys.has(key)));
}

const dottedKeys = new Set(knownLocationKeys.filter((key) => key.includes(".")));

/** With hyphenated names as new ones; a new name counts more than an old one. */
function modernised(layer: ReadonlyMap<string, string>): Map<string, string> {
  const modern = new Map<string, string>();
  for (const [key, value] of layer) {
    const name = modernName(key);
    if (name === undefined) modern.set(key, value);
    else if (!layer.has(name)) modern.set(name, value);
  }
  return modern;
}
