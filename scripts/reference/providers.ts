import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { providers } from "../../src/provider/index.ts";
import { code, type Page, paragraphs, table } from "./page.ts";

interface Description {
  readonly summary: string;
  readonly example: string;
  /** Key → what for. */
  readonly config: Readonly<Record<string, string>>;
}

/** In words, as the code of providers reads plain properties; each key is looked for in the provider's source. */
const descriptions: Readonly<Record<string, Description>> = {
  local: {
    summary: "Machines made on this computer: each is a system container with its own sshd and its own Docker Engine. Needs root, or a user who may use this computer's Docker Engine.",
    example: "local",
    config: {
      minRam: "Memory of each machine: a size such as `2gb`, or a number of megabytes; unlimited when absent",
      minCores: "CPU time of each machine in cores; unlimited when absent",
    },
  },
  localhost: { summary: "This computer, with its own Docker Engine. Nothing is made, and nothing is removed but what Clocker started.", example: "localhost", config: {} },
  byon: {
    summary: "Hosts that are there (\"bring your own nodes\"), reached over SSH. Each serves one request at a time, unless it is listed more than once.",
    example: 'byon(hosts="10.0.0.{1,2,3}", user=ubuntu, privateKeyFile=~/.ssh/id_ed25519)',
    config: {
      hosts: "Text with numeric brace globs (`10.0.0.{1..9}`, `user@host:port`), or a list of such texts and of maps with `ssh` and any of the keys below",
      user: "Who logs in; the server's own user when absent",
      password: "Password; sealed before it is kept",
      privateKeyFile: "Private key of the user; the server's user's own, then the SSH agent, when neither key nor password is given",
      privateKeyData: "The private key itself; kept in the data directory, readable by its owner only",
      privateKeyPassphrase: "Pass phrase of the private key",
      port: "Port of sshd (default 22)",
      hostKey: "Fingerprint of the host key, `SHA256:...`; recorded at first contact when absent, and another one is refused from then on",
      sudo: "Whether commands run as root through sudo; so for every user but root",
      connectTimeout: "How long connecting may take, such as `10s` (default 30 s)",
      privateAddresses: "In a host's map: by which neighbours reach it",
      tcpPortMappings: "In a host's map: where its port 22 is reached from here, such as `{22: \"1.2.3.4:2222\"}`",
    },
  },
};

/** The providers of machines and their config. @throws Error when a description is missing or tells of a key that the code doesn't read. */
export async function providersPage(root: string): Promise<Page> {
  const names = Object.keys(providers).toSorted();
  const sections = await Promise.all(names.map((name) => section(name, root)));
  return {
    file: "locations.md",
    title: "Locations",
    summary: "where machines come from: the providers and their config",
    body: paragraphs(
      "A location is written as text, `NAME`, `NAME(key=value, ...)` or `NAME:(key=value, ...)`, or as a map in YAML, `NAME: {key: value}`. Defaults come from the [properties file](../guides/properties-and-locations.md). A Docker cloud that runs is a location by the name that its `entity.dynamicLocation.name` gives.",
      ...sections,
    ),
  };
}

async function section(name: string, root: string): Promise<string> {
  const description = descriptions[name];
  if (description === undefined) throw new Error(`scripts/reference/providers.ts does not describe the provider "${name}"`);
  const source = await sourceOf(path.join(root, "src/provider", name));
  const strange = Object.keys(description.config).find((key) => !new RegExp(`\\b${key}\\b`).test(source));
  if (strange !== undefined) throw new Error(`scripts/reference/providers.ts describes "${strange}" of the provider "${name}", which its source does not read`);
  const { summary, example, config } = description;
  return paragraphs(`## ${name}`, summary, `\`\`\`yaml\nlocation: ${example}\n\`\`\``, table(["key", "what for"], Object.entries(config).map(([key, text]) => [code(key), text])));
}

async function sourceOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts")).toSorted();
  return (await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")))).join("\n");
}
