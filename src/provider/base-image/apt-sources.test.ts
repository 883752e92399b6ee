import { expect, test } from "vitest";
import { firstMirror, parseAptSources } from "./apt-sources.ts";

test("parseAptSources reads one-line entries, and passes over comments and source packages", () => {
  const text = [
    "# deb http://old/debian bookworm main",
    "deb http://mirror/debian/ bookworm main contrib # ours",
    "deb [arch=amd64 signed-by=/k.gpg] https://mirror/debian-security bookworm-security main",
    "deb-src http://mirror/debian bookworm main",
    "  deb http://mirror/flat ./",
    "",
  ].join("\n");
  expect(parseAptSources("/etc/apt/sources.list", text)).toEqual([
    { uri: "http://mirror/debian", suite: "bookworm", components: ["main", "contrib"] },
    { uri: "https://mirror/debian-security", suite: "bookworm-security", components: ["main"] },
  ]);
});

test("parseAptSources reads deb822 stanzas: every URI with every suite, folded lines, disabled ones left out", () => {
  const text = [
    "# snapshot",
    "Types: deb deb-src",
    "URIs: http://a/debian/ http://b/debian",
    "Suites: bookworm",
    " bookworm-updates",
    "Components: main",
    "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
    "",
    "Types: deb",
    "Enabled: no",
    "URIs: http://c",
    "Suites: bookworm",
    "Components: main",
    "",
    "Types: deb-src",
    "URIs: http://d",
    "Suites: bookworm",
    "Components: main",
  ].join("\n");
  expect(parseAptSources("debian.sources", text).map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
    "http://a/debian bookworm",
    "http://a/debian bookworm-updates",
    "http://b/debian bookworm",
    "http://b/debian bookworm-updates",
  ]);
});

test("firstMirror takes the first line over HTTP, without its options, and none from a file without one", () => {
  expect(firstMirror("# ours\nfile:/srv/debian\nhttps://mirror/debian/\tpriority:1\nhttp://other/debian\n")).toBe("https://mirror/debian");
  expect(firstMirror("# http://old\n")).toBeUndefined();
});
