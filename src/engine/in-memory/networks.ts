import { randomBytes } from "node:crypto";
import type { NetworkSpec, NetworkSummary } from "../engine.ts";
import { matchesLabels } from "../label-filter.ts";
import { refusal } from "./refusal.ts";

interface MemoryNetwork extends NetworkSummary {
  /** The first two numbers of its addresses. */
  prefix: string;
  joined: number;
}

/** Networks of an engine in memory: names, labels and addresses; no packets. */
export class MemoryNetworks {
  readonly #engine: string;
  readonly #networks = new Map<string, MemoryNetwork>();

  constructor(engine: string) {
    this.#engine = engine;
    this.#add({ name: "bridge", driver: "bridge", subnet: "172.17.0.0/16" });
    this.#add({ name: "host", driver: "host" });
    this.#add({ name: "none", driver: "null" });
  }

  create(spec: NetworkSpec): string {
    const taken = [...this.#networks.values()].some((network) => network.name === spec.name);
    if (taken) throw refusal(this.#engine, `create network "${spec.name}"`, 409, `network with name ${spec.name} already exists`);
    return this.#add(spec).id;
  }

  remove(idOrName: string): void {
    const network = this.#find(idOrName);
    if (network) this.#networks.delete(network.id);
  }

  list(labels: Readonly<Record<string, string | undefined>> | undefined): NetworkSummary[] {
    return [...this.#networks.values()]
      .filter((network) => matchesLabels(network.labels, labels))
      .map(({ id, name, driver, labels: own, subnet }) => ({ id, name, driver, labels: { ...own }, ...(subnet === undefined ? {} : { subnet }) }));
  }

  /** The address of a container that joins: the one it asks for, or the next; empty on `host` and `none`. Undefined when there is no such network. */
  join(name = "bridge", address?: string): string | undefined {
    // `container:ID` and `default` are ways of Docker to say a network without its name.
    const network = this.#find(name === "default" ? "bridge" : name);
    if (!network) return name.startsWith("container:") ? "" : undefined;
    if (network.name === "host" || network.name === "none") return "";
    network.joined++;
    return address ?? `${network.prefix}.${Math.floor((network.joined + 1) / 254)}.${((network.joined + 1) % 254) + 1}`;
  }

  #add(spec: NetworkSpec): MemoryNetwork {
    const subnet = spec.subnet ?? (spec.name === "host" || spec.name === "none" ? undefined : `172.${17 + this.#networks.size}.0.0/16`);
    const network: MemoryNetwork = {
      id: randomBytes(32).toString("hex"),
      name: spec.name,
      driver: spec.driver ?? "bridge",
      labels: { ...spec.labels },
      prefix: (subnet ?? "").split(".").slice(0, 2).join("."),
      joined: 0,
      ...(subnet === undefined ? {} : { subnet }),
    };
    this.#networks.set(network.id, network);
    return network;
  }

  #find(idOrName: string): MemoryNetwork | undefined {
    return this.#networks.get(idOrName) ?? [...this.#networks.values()].find((network) => network.name === idOrName);
  }
}
