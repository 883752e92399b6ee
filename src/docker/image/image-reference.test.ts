import { expect, test } from "vitest";
import { imageReference, type Registry } from "./image-reference.ts";

const none: Registry = { url: undefined, username: undefined, password: undefined };
const ours: Registry = { url: "https://registry.example:5000/", username: "bob", password: "x" };
const auth = { username: "bob", password: "x", server: "registry.example:5000" };

test.each([
  ["redis", "7", none, { name: "redis:7", auth: undefined }],
  ["redis:6", "latest", none, { name: "redis:6", auth: undefined }],
  ["redis@sha256:ab", "latest", none, { name: "redis@sha256:ab", auth: undefined }],
  ["other:5000/a/b", "1", none, { name: "other:5000/a/b:1", auth: undefined }],
  ["redis", "7", ours, { name: "registry.example:5000/redis:7", auth }],
  ["team/redis", "7", ours, { name: "registry.example:5000/team/redis:7", auth }],
  ["registry.example:5000/redis", "7", ours, { name: "registry.example:5000/redis:7", auth }],
  ["other:5000/redis", "7", ours, { name: "other:5000/redis:7", auth: undefined }],
])("imageReference of %s and tag %s", (name, tag, registry, expected) => {
  expect(imageReference(name, tag, registry)).toEqual(expected);
});
