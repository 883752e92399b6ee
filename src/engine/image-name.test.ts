import { expect, it } from "vitest";
import { splitImageName } from "./image-name.ts";

it.each([
  ["busybox", "busybox", "latest"],
  ["busybox:1.36", "busybox", "1.36"],
  ["registry:5000/team/app", "registry:5000/team/app", "latest"],
  ["registry:5000/team/app:2", "registry:5000/team/app", "2"],
  ["app@sha256:0123", "app", "sha256:0123"],
])("splitImageName() splits %s", (name, repository, tag) => {
  expect(splitImageName(name)).toEqual({ repository, tag });
});
