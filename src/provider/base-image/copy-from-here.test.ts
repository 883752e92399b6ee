import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { InMemoryEngine } from "../../engine/in-memory-engine.ts";
import { ClockerError } from "../../model/errors.ts";
import { fakeWork } from "../../../test/support/fake-work.ts";
import { copyFromHere, type Wanted } from "./copy-from-here.ts";

const any = (name: string): Wanted => ({ name, isRight: () => true });
const made: Wanted = { name: "clocker/debian:bookworm", isRight: (labels) => labels["recipe"] === "new" };

async function engines(images: Record<string, string> = {}): Promise<{ here: InMemoryEngine; other: InMemoryEngine }> {
  const [here, other] = [new InMemoryEngine({ name: "here" }), new InMemoryEngine({ name: "other" })];
  for (const name of Object.keys(images)) await here.importImage(Readable.from([]), { tag: name });
  const inspect = here.inspectImage.bind(here);
  here.inspectImage = async (name, signal) => ({ ...(await inspect(name, signal)), labels: { recipe: images[name] ?? "" } });
  return { here, other };
}

test("the first image that is here goes to the other engine, under its name", async () => {
  const { here, other } = await engines({ "clocker/debian:bookworm": "new" });
  expect(await copyFromHere(here, other, [any("debian:bookworm-slim"), made], fakeWork())).toBe("clocker/debian:bookworm");
  expect((await other.inspectImage("clocker/debian:bookworm")).id).toBe((await here.inspectImage("clocker/debian:bookworm")).id);
});

test("one that another recipe made is not taken", async () => {
  const { here, other } = await engines({ "clocker/debian:bookworm": "old" });
  expect(await copyFromHere(here, other, [made], fakeWork())).toBeUndefined();
});

test("nothing is copied to an engine of another kind of processor, from one that does not answer, or where it fails", async () => {
  const { here, other } = await engines({ "debian:bookworm-slim": "" });
  const wanted = [any("debian:bookworm-slim")];
  const { version } = other;
  other.version = async () => ({ ...(await version.call(other)), architecture: "arm64" });
  expect(await copyFromHere(here, other, wanted, fakeWork())).toBeUndefined();
  other.version = version;
  other.loadImage = () => Promise.reject(new ClockerError("engine-error", "No space left on device"));
  expect(await copyFromHere(here, other, wanted, fakeWork())).toBeUndefined();
  here.inspectImage = () => Promise.reject(new ClockerError("unreachable", "Nobody answers"));
  expect(await copyFromHere(here, other, wanted, fakeWork())).toBeUndefined();
});
