import type { RegistryAuth } from "../../engine/engine.ts";

/** The registry that a cloud's images come from when they name none (Clocker 1.1's `docker.registry.*`). */
export interface Registry {
  url: string | undefined;
  username: string | undefined;
  password: string | undefined;
}

/**
 * The image to pull: with the tag, unless the name has a tag or digest of its own, and with the cloud's registry, unless the name has a registry of its own.
 */
export function imageReference(name: string, tag: string, registry: Registry): { name: string; auth: RegistryAuth | undefined } {
  const last = name.slice(name.lastIndexOf("/") + 1);
  const tagged = last.includes(":") || last.includes("@") ? name : `${name}:${tag}`;
  const host = registry.url?.replace(/^https?:\/\//, "").replace(/\/+$/, "");
  if (host === undefined || host === "") return { name: tagged, auth: undefined };
  const own = registryOf(name);
  const { username, password } = registry;
  const isOurs = own === undefined || host === own || host.startsWith(`${own}/`);
  const auth = isOurs && username !== undefined && password !== undefined ? { username, password, server: host } : undefined;
  return { name: own === undefined ? `${host}/${tagged}` : tagged, auth };
}

/** `registry:5000` of `registry:5000/a/b`: as Docker does, a first part with a dot or a colon, or `localhost`. */
function registryOf(name: string): string | undefined {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  return /[.:]/.test(first) || first === "localhost" ? first : undefined;
}
