/**
 * Splits an image's name into the repository and its tag (`latest` when none) or digest: `registry:5000/a/b:1` → `registry:5000/a/b`, `1`.
 * A colon before the last slash belongs to a registry's port.
 */
export function splitImageName(name: string): { repository: string; tag: string } {
  const digest = name.indexOf("@");
  if (digest >= 0) return { repository: name.slice(0, digest), tag: name.slice(digest + 1) };
  const colon = name.lastIndexOf(":");
  if (colon > name.lastIndexOf("/")) return { repository: name.slice(0, colon), tag: name.slice(colon + 1) };
  return { repository: name, tag: "latest" };
}
