import type { Entity } from "./entity.ts";
import type { ValueType } from "./value-type.ts";
import type { Work } from "./work.ts";

export interface EffectorParameter<T = unknown> {
  readonly name: string;
  readonly type: ValueType<T>;
  readonly description: string;
  readonly defaultValue?: T;
  /** Without it the effector is not invoked. */
  readonly isRequired?: boolean;
  /** Shown as `<suppressed>` in tasks. */
  readonly secret?: boolean;
}

/** An operation that users and policies invoke on an entity; every call is a task. */
export interface Effector<R = unknown> {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly EffectorParameter[];
  /** Java name, as REST shows it: `void`, `java.lang.String`, ... */
  readonly returnType: string;
  run(call: EffectorCall): Promise<R>;
}

export interface EffectorCall {
  readonly entity: Entity;
  /** Coerced, defaults filled in; parameters that were not declared are passed as they came. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly work: Work;
}

export function effector<R>(
  name: string,
  description: string,
  run: (call: EffectorCall) => Promise<R>,
  options: { parameters?: readonly EffectorParameter[]; returnType?: string } = {},
): Effector<R> {
  return { name, description, run, parameters: options.parameters ?? [], returnType: options.returnType ?? "void" };
}
