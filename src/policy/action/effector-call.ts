import type { Settings } from "../../model/adjunct-settings.ts";
import { configKey } from "../../model/config-key.ts";
import type { Entity } from "../../model/entity.ts";
import { ClockerError, messageOf } from "../../model/errors.ts";
import { onLeftAlone } from "../../model/operator.ts";
import { types } from "../../model/types/index.ts";
import { hindrance, mayAct } from "../policy-type.ts";

export const EFFECTOR = configKey("effector", types.string, "The effector to invoke");
export const EFFECTOR_ARGUMENTS = configKey("args", types.map(), "Its arguments; expressions in them are resolved at each call", { defaultValue: {} });

/**
 * Calls an effector of a policy's entity as a task, one call at a time. A call while another runs is left out, or kept until it has
 * ended: `whileBusy`. Nothing is called on what is to stop.
 */
export class EffectorCalls {
  readonly #settings: Settings;
  readonly #target: Entity;
  readonly #whileBusy: "skip" | "once-more";
  readonly #afterwards: (() => void) | undefined;
  #isRunning = false;
  #again: { name: string; args: Readonly<Record<string, unknown>>; why: string } | undefined;
  #isStopped = false;
  #stopWaiting: (() => void) | undefined;

  constructor(settings: Settings, options: { whileBusy: "skip" | "once-more"; target?: Entity; afterwards?: () => void }) {
    this.#settings = settings;
    this.#target = options.target ?? settings.owner;
    this.#whileBusy = options.whileBusy;
    this.#afterwards = options.afterwards;
  }

  /** @throws ClockerError `invalid-value` when the entity has no such effector. */
  check(name: string): void {
    if (this.#target.effector(name) === undefined) throw new ClockerError("invalid-value", `"${this.#settings.adjunct.displayName}" cannot invoke "${name}": "${this.#target.displayName}" has no such effector`);
  }

  /** Returns whether a call is made, or kept. */
  call(name: string, args: Readonly<Record<string, unknown>>, why: string): boolean {
    const { adjunct, owner } = this.#settings;
    if (this.#isStopped) return false;
    const hindered = hindrance(adjunct, this.#target, `invoke "${name}" (${why})`, name);
    if (hindered !== undefined) {
      adjunct.highlight("lastSkipped", `${name} was not invoked (${why}), ${hindered}`);
      const isKept = this.#whileBusy === "once-more" && mayAct(this.#target, name);
      if (isKept) this.#keepUntilLeftAlone({ name, args, why });
      return isKept;
    }
    if (this.#isRunning) {
      adjunct.highlight("lastSkipped", `${name} still runs (${why})`);
      if (this.#whileBusy === "skip") return false;
      this.#again = { name, args, why };
      return true;
    }
    this.#isRunning = true;
    const { task, result } = adjunct.submit(
      `${adjunct.displayName}: ${name}`,
      async (work) => this.#target.invoke(name, parameters(await owner.management.resolve(args, owner, work)), work),
      { description: why },
    );
    adjunct.highlight("lastAction", `${name}: ${why}`, task.id);
    const ended = (): void => this.#ended();
    result.then(ended, (error: unknown) => {
      adjunct.highlight("lastError", `${name} failed: ${messageOf(error)}`, task.id);
      ended();
    });
    return true;
  }

  /** What runs goes on; nothing more is called. */
  stop(): void {
    this.#isStopped = true;
    this.#again = undefined;
    this.#stopWaiting?.();
  }

  #keepUntilLeftAlone(call: { name: string; args: Readonly<Record<string, unknown>>; why: string }): void {
    this.#again = call;
    this.#stopWaiting ??= onLeftAlone(this.#target, () => {
      this.#stopWaiting?.();
      this.#stopWaiting = undefined;
      if (!this.#isRunning) this.#ended();
    });
  }

  #ended(): void {
    this.#isRunning = false;
    const again = this.#again;
    this.#again = undefined;
    if (again === undefined || !this.call(again.name, again.args, again.why)) this.#afterwards?.();
  }
}

function parameters(resolved: unknown): Record<string, unknown> {
  return typeof resolved === "object" && resolved !== null ? { ...resolved } : {};
}
