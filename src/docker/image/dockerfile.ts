import { createHash } from "node:crypto";
import { ClockerError } from "../../model/errors.ts";

/**
 * Fills in `${name}` and `${name!"default"}` of a Dockerfile template. Docker's own `$NAME` and `${NAME}` of variables that the file
 * declares with ARG or ENV are left alone, and so are those in shell commands that no value is given for and no ARG declares: FreeMarker would refuse them, Docker does not.
 */
export function renderDockerfile(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\$\{([A-Za-z_][\w.]*)(?:!"([^"]*)")?\}/g, (whole: string, name: string, fallback: string | undefined) => {
    const value = values[name];
    if (value !== undefined) return plainText(name, value);
    return fallback ?? whole;
  });
}

/** A name for the image that a rendered Dockerfile makes: the same content is built once a host. */
export function imageNameFor(repository: string, ...content: string[]): string {
  const hash = createHash("sha256");
  for (const part of content) hash.update(part).update("\0");
  return `${repository}:${hash.digest("hex").slice(0, 16)}`;
}

/** Docker's bound of 255 leaves room for a registry. */
const LONGEST_NAME = 100;

/** `clocker/usesjava` of `classpath://.../UsesJavaDockerfile`: readable in `docker images`. */
export function repositoryFor(name: string | undefined, url: string): string {
  // A Dockerfile that is in the URL itself names nothing.
  const last = name ?? (/^data:/i.test(url) ? "" : url.split(/[?#]/)[0]?.replace(/\/(Dockerfile)?$/i, "").split(/[/:]/).at(-1)) ?? "";
  const readable = last.toLowerCase().replace(/dockerfile$/, "").replace(/[^a-z0-9]+/g, "-").slice(0, LONGEST_NAME).replace(/^-+|-+$/g, "");
  return `clocker/${readable === "" ? "image" : readable}`;
}

function plainText(name: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw new ClockerError("invalid-value", `Cannot fill in "${name}" in the Dockerfile: expected a string, number or boolean`);
}
