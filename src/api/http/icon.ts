import type { FastifyReply } from "fastify";

const imageTypes: Readonly<Record<string, string>> = { svg: "image/svg+xml", png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", ico: "image/x-icon", webp: "image/webp" };

/** Sends an icon: a redirect to where it is on the web, the file that a bundle brought, or nothing (204). */
export function sendIcon(reply: FastifyReply, iconUrl: string | undefined, fileOf: (url: string) => Uint8Array | undefined): FastifyReply {
  if (iconUrl === undefined) return reply.code(204).send(null);
  if (/^https?:\/\//.test(iconUrl)) return reply.code(307).header("location", iconUrl).send(null);
  const type = imageTypes[iconUrl.slice(iconUrl.lastIndexOf(".") + 1).toLowerCase()];
  const file = type === undefined ? undefined : fileOf(iconUrl);
  if (type === undefined || file === undefined) return reply.code(204).send(null);
  // A picture can hold scripts: opened on its own it may do nothing.
  return reply.type(type).header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox").send(Buffer.from(file));
}
