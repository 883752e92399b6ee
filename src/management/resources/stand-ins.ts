/**
 * Addresses that blueprints of 2014 to 2016 name and that no longer answer (the storage buckets of Clocker 0.4 to 0.8), with what is
 * bundled in their place. They are never asked: a name that lapsed may belong to somebody else by now.
 */
const buckets = /^https?:\/\/(?:s3[.-]eu-west-1\.amazonaws\.com\/(?:brooklyn-clocker|brooklyn-docker)|s3\.amazonaws\.com\/(?:brooklyn-clocker|brooklyn-docker)|(?:brooklyn-clocker|brooklyn-docker)\.s3(?:[.-]eu-west-1)?\.amazonaws\.com)\/([^?#]+)/i;

const standIns: ReadonlyMap<string, string> = new Map([
  ["Dockerfile", "classpath://dockerfiles/Ubuntu/Dockerfile"],
  ["UbuntuDockerfile", "classpath://dockerfiles/Ubuntu/Dockerfile"],
  ["DefaultDockerfile", "classpath://dockerfiles/Ubuntu/Dockerfile"],
  ["VanillaSoftwareProcessDockerfile", "classpath://dockerfiles/Ubuntu/Dockerfile"],
  ["UsesJavaDockerfile", "classpath://dockerfiles/UsesJava/Dockerfile"],
  ["hello-world.war", "classpath://hello-world.war"],
  ["hello-world-webapp.war", "classpath://hello-world.war"],
]);

/** What stands for an address that no longer answers; undefined for all others. */
export function standInFor(url: string): string | undefined {
  const name = buckets.exec(url)?.[1];
  return name === undefined ? undefined : standIns.get(name);
}
