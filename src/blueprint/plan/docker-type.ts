import type { Json } from "../../model/spec.ts";
import type { Cursor } from "./cursor.ts";

export const DOCKER_APPLICATION = "clocker.docker.entity.container.application.VanillaDockerApplication";

const PREFIX = "docker:";

/** Whether a service's type names an image. */
export function isDockerType(type: Json): type is string {
  return typeof type === "string" && type.trim().startsWith(PREFIX);
}

const PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const HOST = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?";
const REFERENCE = new RegExp(`^((?:${HOST}/)?${PART}(?:/${PART})*)(?::([\\w][\\w.-]{0,127}))?(@[a-z0-9]+:[0-9a-fA-F]{32,128})?$`);

/**
 * The config that a service type `docker:IMAGE[:TAG]` stands for (clocker.md, 1.4). A registry with a port and a digest are taken as well,
 * which Clocker refused; a digest stays part of the image's name, and there is then no tag.
 */
export function dockerConfig(type: string, cursor: Cursor): Record<string, Json> {
  const reference = type.slice(PREFIX.length);
  const match = reference.length > 500 ? null : REFERENCE.exec(reference);
  const [, name, tag, digest] = match ?? [];
  if (name === undefined) return cursor.fail(`"${type}" names no image`, { part: "value", remedy: "Write docker:IMAGE, docker:IMAGE:TAG or docker:REGISTRY:PORT/IMAGE:TAG" });
  return digest === undefined ? { "docker.image.name": name, "docker.image.tag": tag ?? "latest" } : { "docker.image.name": `${name}${digest}` };
}
