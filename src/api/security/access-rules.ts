import type { Properties } from "../../management/properties/properties.ts";
import { ClockerError } from "../../model/errors.ts";
import { corsOf, type CorsRules } from "./cors-rules.ts";
import type { Permission } from "./permissions.ts";
import { entitlementsOf, type Entitlements } from "./roles.ts";
import type { Caller, Gate } from "./users.ts";

/** Who may come in from where, and what they may do there: what the properties say of it. */
export interface Rules {
  readonly gate: Gate;
  readonly entitled: Entitlements;
  readonly cors: CorsRules | undefined;
  /** Paths below which nobody has to sign in. */
  readonly unauthenticated: readonly string[];
  readonly loginForm: string | undefined;
  /** Whether only requests to names of this computer are taken: where nobody has to sign in, and only this computer can connect. */
  readonly isLocalOnly: boolean;
}

/**
 * The rules of properties.
 * @throws ClockerError `invalid-value` for what cannot be kept; `forbidden` where everybody could come in from elsewhere
 */
export type RulesOf = (properties: Properties) => Rules;

/** The rules in force. They change as a whole, when the properties are read again. */
export class AccessRules {
  #rules: Rules;
  #next: Rules | undefined;
  readonly #rulesOf: RulesOf;

  constructor(rulesOf: RulesOf, properties: Properties) {
    this.#rulesOf = rulesOf;
    this.#rules = rulesOf(properties);
  }

  get gate(): Gate {
    return this.#rules.gate;
  }

  get cors(): CorsRules | undefined {
    return this.#rules.cors;
  }

  get isLocalOnly(): boolean {
    return this.#rules.isLocalOnly;
  }

  /** The page that signs in, where there is one. */
  get loginForm(): string | undefined {
    return this.#rules.loginForm;
  }

  /** Whether nobody has to sign in for a path. */
  isUnauthenticated(path: string): boolean {
    return this.#rules.unauthenticated.some((open) => path === `/${open}` || path.startsWith(`/${open}/`));
  }

  entitled(caller: Caller | undefined, permission: Permission): boolean {
    return this.#rules.entitled(caller, permission);
  }

  /**
   * Makes the rules of new properties, which take effect with `apply`.
   * @throws those of `RulesOf`: the old ones stay. Also, as in Brooklyn, `forbidden` for properties that would take all security away
   */
  prepare(properties: Properties): void {
    this.#next = undefined;
    if (this.gate.kind === "users" && !properties.console().configured) {
      throw new ClockerError("forbidden", "Cannot take over the properties: they configure no users, and the server has some", { remedy: "Restart the server to serve without users" });
    }
    this.#next = this.#rulesOf(properties);
  }

  apply(): void {
    this.#rules = this.#next ?? this.#rules;
    this.#next = undefined;
  }
}

/** Rules with a gate and what it leads to; all else is as the properties say. */
export function rulesWith({ gate, isLocalOnly }: { gate: Gate; isLocalOnly: boolean }, properties: Properties): Rules {
  const security = properties.console();
  const { unauthenticated } = security;
  const loginForm = loginFormOf(security.setting("login.form"));
  const open = loginForm === undefined ? unauthenticated : [...unauthenticated, loginForm, "favicon.svg"];
  return { gate, entitled: entitlementsOf(properties), cors: corsOf(properties), unauthenticated: open, loginForm, isLocalOnly };
}

/** The page that signs in, by the name that it has in Brooklyn. */
export const LOGIN_FORM = "brooklyn-ui-login";

function loginFormOf(name: string | undefined): string | undefined {
  const path = name?.replaceAll(/^\/+|\/+$/g, "");
  if (path === undefined || path === "" || path === LOGIN_FORM) return path === "" ? undefined : path;
  throw new ClockerError("invalid-value", `Cannot use brooklyn.webconsole.security.login.form=${name}: Clocker has no page of this name`, { remedy: `Set it to ${LOGIN_FORM}, or leave it out: browsers then ask for name and password themselves` });
}
