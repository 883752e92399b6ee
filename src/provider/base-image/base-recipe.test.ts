import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { baseRecipe, readBaseRecipe, recipeHash } from "./base-recipe.ts";

const main = { uri: "http://mirror/debian", suite: "bookworm", components: ["main"] };

test("baseRecipe takes the release's own archives, with updates and security, and no others", () => {
  const archives = [
    { uri: "http://other", suite: "bookworm", components: ["stable"] },
    { uri: "file:/srv/debian", suite: "bookworm", components: ["main"] },
    { ...main, components: ["main", "contrib"] },
    { ...main, suite: "bookworm-updates" },
    { uri: "http://mirror/security", suite: "bookworm-security", components: ["main"] },
    { uri: "http://other", suite: "bookworm-pgdg", components: ["main"] },
  ];
  expect(baseRecipe("debian", "bookworm", archives)).toMatchObject({
    mirror: "http://mirror/debian",
    components: ["main"],
    sources: "deb http://mirror/debian bookworm main\ndeb http://mirror/debian bookworm-updates main\ndeb http://mirror/security bookworm-security main",
    keyring: "debian-archive-keyring",
  });
});

test("baseRecipe adds Ubuntu's universe, where docker.io is", () => {
  expect(baseRecipe("ubuntu", "noble", [{ ...main, suite: "noble" }])).toMatchObject({ components: ["main", "universe"], keyring: "ubuntu-keyring" });
});

test("baseRecipe says when no source offers the release", () => {
  expect(() => baseRecipe("debian", "trixie", [main])).toThrow('no source under "/etc/apt" offers "trixie" with component "main" over HTTP');
});

test("recipeHash changes with any part, and with where one part ends", () => {
  expect(recipeHash("ab", "c")).toBe(recipeHash("ab", "c"));
  expect(new Set([recipeHash("ab", "c"), recipeHash("a", "bc"), recipeHash("abc"), recipeHash("ab", "d")]).size).toBe(4);
});

test("readBaseRecipe finds the mirrors that Debian's cloud images name in files of their own", async () => {
  const root = await mkdtemp(path.join(tmpdir(), "clocker-recipe-"));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(path.join(root, "etc/apt/sources.list.d"), { recursive: true });
  await mkdir(path.join(root, "etc/apt/mirrors"));
  const stanza = (list: string, suites: string) => `Types: deb deb-src\nURIs: mirror+file:/etc/apt/mirrors/${list}\nSuites: ${suites}\nComponents: main\n`;
  await writeFile(path.join(root, "etc/os-release"), "ID=debian\nVERSION_CODENAME=bookworm\n");
  await writeFile(path.join(root, "etc/apt/sources.list.d/debian.sources"), [stanza("debian.list", "bookworm bookworm-updates"), stanza("absent.list", "bookworm-security")].join("\n"));
  await writeFile(path.join(root, "etc/apt/mirrors/debian.list"), "https://mirror/debian\n");
  expect(await readBaseRecipe(root)).toMatchObject({
    mirror: "https://mirror/debian",
    sources: "deb https://mirror/debian bookworm main\ndeb https://mirror/debian bookworm-updates main",
  });
});
