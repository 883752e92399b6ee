import type { MachineDescription } from "../provider.ts";

/** Who has a host, and its description once it is known to work. */
interface Claim {
  readonly nativeId: string;
  readonly description?: MachineDescription;
}

/**
 * Which requests have which given hosts. Nothing on a host says who uses it, so that one of these holds for all lists of a plane, which may name the same
 * host. Kept in memory: after a restart the server claims anew by connecting to the machines that it remembers.
 */
export class HostClaims {
  readonly #byRequest = new Map<string, Claim>();

  /** The request's claim, of a host that is known to work. */
  known(requestId: string): MachineDescription | undefined {
    return this.#byRequest.get(requestId)?.description;
  }

  /** Takes a host when fewer than `places` requests have it. Synchronous, so that no two get one place. */
  claim(requestId: string, nativeId: string, places: number): boolean {
    const taken = [...this.#byRequest].filter(([id, claim]) => id !== requestId && claim.nativeId === nativeId).length;
    if (taken >= places) return false;
    this.#byRequest.set(requestId, { nativeId });
    return true;
  }

  hold(requestId: string, description: MachineDescription): void {
    this.#byRequest.set(requestId, { nativeId: description.nativeId, description });
  }

  release(requestId: string): void {
    this.#byRequest.delete(requestId);
  }

  /** The ids of all requests that have a host. */
  requests(): string[] {
    return [...this.#byRequest.keys()];
  }
}
