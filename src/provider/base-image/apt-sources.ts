/** One archive that apt is told of: a suite at a mirror. */
export interface AptArchive {
  uri: string;
  suite: string;
  components: readonly string[];
}

/** The archives of a file under /etc/apt: deb822 stanzas in `*.sources`, one-line entries in `*.list` (both in sources.list(5)). */
export function parseAptSources(fileName: string, text: string): AptArchive[] {
  return fileName.endsWith(".sources") ? stanzasOf(text).flatMap(archivesOfStanza) : text.split("\n").flatMap(archivesOfLine);
}

/** The first mirror over HTTP in a file that a `mirror+file:` URI names (apt-transport-mirror(1)); undefined when it has none. */
export function firstMirror(text: string): string | undefined {
  const [, uri] = /^[ \t]*(https?:\S+)/m.exec(text) ?? [];
  return uri === undefined ? undefined : withoutSlash(uri);
}

/** `deb [ options ] uri suite component...`; source packages and comments say nothing about where binaries come from. */
function archivesOfLine(line: string): AptArchive[] {
  const [, uri, suite, components] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line) ?? [];
  if (uri === undefined || suite === undefined) return [];
  return [{ uri: withoutSlash(uri), suite, components: words(components) }];
}

function archivesOfStanza(stanza: Map<string, string>): AptArchive[] {
  const isBinary = words(stanza.get("types")).includes("deb");
  const isEnabled = !["no", "false", "without", "off", "disable"].includes(stanza.get("enabled")?.toLowerCase() ?? "yes");
  if (!isBinary || !isEnabled) return [];
  const components = words(stanza.get("components"));
  return words(stanza.get("uris")).flatMap((uri) => words(stanza.get("suites")).map((suite) => ({ uri: withoutSlash(uri), suite, components })));
}

function stanzasOf(text: string): Map<string, string>[] {
  return text.split(/\n\s*\n/).map((block) => {
    const fields = new Map<string, string>();
    let field = "";
    for (const line of block.split("\n")) {
      if (line.startsWith("#")) continue;
      const [, name, value = line] = /^([A-Za-z-]+):(.*)$/.exec(line) ?? [];
      field = name?.toLowerCase() ?? field;
      fields.set(field, `${fields.get(field) ?? ""} ${value.trim()}`.trim());
    }
    return fields;
  });
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}

function withoutSlash(uri: string): string {
  return uri.replace(/\/+$/, "");
}
