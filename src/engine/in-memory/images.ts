import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { ImageState } from "../engine.ts";
import { splitImageName } from "../image-name.ts";
import { refusal } from "./refusal.ts";

const strings = z.array(z.string());
const savedImage = z.object({
  id: z.string(),
  tags: strings,
  sizeBytes: z.number(),
  labels: z.record(z.string(), z.string()),
  exposedPorts: strings,
  entrypoint: strings,
  command: strings,
});

/** Images of an engine in memory. */
export class MemoryImages {
  readonly #engine: string;
  readonly #byId = new Map<string, ImageState>();
  readonly #byTag = new Map<string, ImageState>();

  constructor(engine: string) {
    this.#engine = engine;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Adds an image under a name; the name moves from the image that had it. */
  add(name: string, more: Partial<Omit<ImageState, "id" | "tags">> = {}): ImageState {
    const image: ImageState = { id: `sha256:${randomBytes(32).toString("hex")}`, tags: [], sizeBytes: 1_000_000, labels: {}, exposedPorts: [], entrypoint: [], command: [], ...more };
    this.#byId.set(image.id, image);
    this.#name(image, name);
    return image;
  }

  find(name: string): ImageState | undefined {
    return this.#byId.get(name) ?? this.#byTag.get(tagged(name));
  }

  /** @throws not-found */
  get(name: string, action: string): ImageState {
    const image = this.find(name);
    if (!image) throw refusal(this.#engine, action, 404, `No such image: ${name}`);
    return image;
  }

  tag(name: string, target: string): void {
    this.#name(this.get(name, `tag image "${name}"`), target);
  }

  /** A name is taken off; with its last name, or by its id, the image goes. */
  remove(name: string): void {
    const image = this.find(name);
    if (!image) return;
    const gone = name === image.id ? [...image.tags] : [tagged(name)];
    for (const tag of gone) this.#byTag.delete(tag);
    image.tags = image.tags.filter((tag) => !gone.includes(tag));
    if (image.tags.length === 0) this.#byId.delete(image.id);
  }

  /** Adds what `JSON.stringify` of an image gave. */
  load(saved: string): void {
    const { tags, ...image } = savedImage.parse(JSON.parse(saved));
    const known = this.#byId.get(image.id) ?? { ...image, tags: [] };
    this.#byId.set(known.id, known);
    for (const tag of tags) this.#name(known, tag);
  }

  list(): ImageState[] {
    return [...this.#byId.values()].map(copyOf);
  }

  #name(image: ImageState, name: string): void {
    const tag = tagged(name);
    const before = this.#byTag.get(tag);
    if (before) before.tags = before.tags.filter((other) => other !== tag);
    this.#byTag.set(tag, image);
    if (!image.tags.includes(tag)) image.tags.push(tag);
  }
}

export function copyOf(image: ImageState): ImageState {
  return { ...image, tags: [...image.tags], labels: { ...image.labels }, exposedPorts: [...image.exposedPorts], entrypoint: [...image.entrypoint], command: [...image.command] };
}

function tagged(name: string): string {
  const { repository, tag } = splitImageName(name);
  return name.includes("@") ? name : `${repository}:${tag}`;
}
