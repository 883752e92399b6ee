import { ClockerError } from "../../model/errors.ts";
import type { ApiContext } from "../api-context.ts";

/**
 * The plan that a body gives: itself, or what the web address in it holds.
 * @throws ClockerError `invalid-request` when there is none.
 */
export async function planOf({ plane }: ApiContext, body: string): Promise<string> {
  const text = body.trim();
  if (text === "") throw new ClockerError("invalid-request", "Cannot deploy: the body is empty", { remedy: "Send the blueprint's YAML as the body" });
  // Only the web: other addresses would read the server's own files.
  if (!/^https?:\/\/\S+$/i.test(text)) return body;
  const { result } = plane.submit(undefined, `Fetch ${text}`, async (work) => (await plane.resources.read(text, work)).toString("utf8"), { tags: ["TRANSIENT"] });
  return result;
}
