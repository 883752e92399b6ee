import { withProtocol } from "../container-spec.ts";

const FIRST_FREE = 32_768;
const LAST = 65_535;

/** The ports of an engine's host: who holds which (`8080/tcp`). */
export class HostPorts {
  readonly #taken = new Set<string>();
  #next = FIRST_FREE;

  /** Takes a port for something that is no container. */
  take(port: string): void {
    this.#taken.add(withProtocol(port));
  }

  release(port: string): void {
    this.#taken.delete(withProtocol(port));
  }

  /** Takes a container's ports, all or none: container port → host port (0: any free one). Returns what was taken, or the port that is not free. */
  publish(wanted: Readonly<Record<string, number>>): { ports: Record<string, number> } | { conflict: number } {
    const ports: Record<string, number> = {};
    for (const [name, port] of Object.entries(wanted)) {
      const containerPort = withProtocol(name);
      const protocol = containerPort.slice(containerPort.indexOf("/"));
      const hostPort = port === 0 ? this.#free(protocol) : port;
      if (this.#taken.has(`${hostPort}${protocol}`)) {
        this.unpublish(ports);
        return { conflict: hostPort };
      }
      this.#taken.add(`${hostPort}${protocol}`);
      ports[containerPort] = hostPort;
    }
    return { ports };
  }

  unpublish(ports: Readonly<Record<string, number>>): void {
    for (const [name, hostPort] of Object.entries(ports)) this.#taken.delete(`${hostPort}${name.slice(name.indexOf("/"))}`);
  }

  #free(protocol: string): number {
    while (this.#taken.has(`${this.#next}${protocol}`)) this.#next = this.#next === LAST ? FIRST_FREE : this.#next + 1;
    return this.#next;
  }
}
