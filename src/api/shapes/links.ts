import { z } from "zod";

/** Links are paths on this server (reference, trap 7). */
export const Links = z.record(z.string(), z.string());

export const links = {
  application: (id: string) => `/v1/applications/${segment(id)}`,
  entities: (applicationId: string) => `${links.application(applicationId)}/entities`,
  entity: (applicationId: string, id: string) => `${links.entities(applicationId)}/${segment(id)}`,
  activity: (id: string) => `/v1/activities/${segment(id)}`,
  location: (id: string) => `/v1/locations/${segment(id)}`,
  catalogItem: (kind: string, id: string, version: string) => `/v1/catalog/${kind}/${segment(id)}/${segment(version)}`,
} as const;

/** A name or id as one segment of a path. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}
