import { expect, test } from "vitest";
import { imageNameFor, renderDockerfile, repositoryFor } from "./dockerfile.ts";

test("renderDockerfile fills in what it has a value for, and defaults", () => {
  expect(renderDockerfile('FROM ${baseImage!"debian"}\nRUN echo ${entity.password} ${HOME}', { "entity.password": "x" })).toBe("FROM debian\nRUN echo x ${HOME}");
  expect(renderDockerfile("FROM ${baseImage}", { baseImage: "clocker/debian:bookworm" })).toBe("FROM clocker/debian:bookworm");
});

test("imageNameFor differs when any part differs", () => {
  expect(imageNameFor("clocker/a", "x", "y")).toBe(imageNameFor("clocker/a", "x", "y"));
  expect(imageNameFor("clocker/a", "x", "y")).not.toBe(imageNameFor("clocker/a", "xy", ""));
});

test.each([
  [undefined, "https://s3-eu-west-1.amazonaws.com/brooklyn-clocker/UsesJavaDockerfile", "clocker/usesjava"],
  [undefined, "classpath://dockerfiles/UsesJava/Dockerfile", "clocker/usesjava"],
  [undefined, "data:text/plain,FROM%20a/b", "clocker/image"],
  ["x".repeat(300), "file:///tmp/Dockerfile", `clocker/${"x".repeat(100)}`],
  ["My Image", "file:///tmp/Dockerfile", "clocker/my-image"],
])("repositoryFor of %s, %s is %s", (name, url, repository) => {
  expect(repositoryFor(name, url)).toBe(repository);
});
