import { ClockerError, type ErrorCode } from "../../model/errors.ts";
import type { EntitySpec, Json, JsonObject } from "../../model/spec.ts";
import type { BlueprintTypes } from "../blueprint-types.ts";
import { DslSyntaxError } from "../dsl/ast.ts";
import { excerptOf } from "../yaml/parse-yaml.ts";
import type { Path, Position, YamlDocument } from "../yaml/yaml-document.ts";

/** Something in a blueprint that works but is likely not what was meant. */
export interface BlueprintWarning {
  readonly message: string;
  readonly remedy: string | undefined;
  readonly path: Path;
  readonly position: Position | undefined;
}

/** One reading of a text. */
export interface TextReading {
  /** What is read, for messages. */
  readonly what: "blueprint" | "catalog bundle";
  readonly warnings: BlueprintWarning[];
  /** Where every fault is gathered, for people who want to see them all; absent: the first one ends the reading. */
  readonly problems?: ClockerError[];
  /** Absent for catalog items, whose plans have been parsed before. */
  readonly document: YamlDocument | undefined;
  /** `id:version` of the catalog items that are being read, outermost first. */
  readonly items: readonly string[];
}

/** One reading of a blueprint, or of a catalog item within it. */
export interface Reading extends TextReading {
  readonly types: BlueprintTypes;
  /** Where each spec was read, for what is found out of the whole tree. */
  readonly places: Map<EntitySpec, Cursor>;
  /** How many more entities may be read: items that hold each other twice would double with every level. */
  readonly budget: { entities: number };
  /** The parts that read whole plans, for the parts below them that meet one. */
  readonly readers: {
    /** A service's plan, where config or `brooklyn.children` hold one. */
    spec(plan: Cursor): EntitySpec;
    /** The same, where a catalog item holds one. */
    entity(plan: Cursor): Draft;
    /** A plan with `services`, where a catalog item holds one. @param unwrap which single service stands for the whole */
    application(plan: Cursor, unwrap: "application" | "any"): Draft;
  };
}

/** A spec in the making. */
export interface Draft {
  readonly spec: EntitySpec;
  /** The catalog item's name: what is shown when nobody named the entity. */
  readonly defaultName: string | undefined;
}

/** A place in a plan: its value, and the way to it, so that whatever is wrong there can be pointed at. */
export class Cursor<R extends TextReading = Reading> {
  readonly value: Json;
  readonly path: Path;
  readonly reading: R;

  constructor(value: Json, path: Path, reading: R) {
    this.value = value;
    this.path = path;
    this.reading = reading;
  }

  /** The place below a key, when there is one that is not null. */
  get(key: string): Cursor<R> | undefined {
    if (!isMap(this.value) || !Object.hasOwn(this.value, key)) return undefined;
    const value = this.value[key];
    return value === undefined || value === null ? undefined : new Cursor(value, [...this.path, key], this.reading);
  }

  /** The keys of a map, each with its place. @param name as the message calls it */
  entries(name: string): [string, Cursor<R>][] {
    if (!isMap(this.value)) return this.fail(`${name} must be a map`);
    return Object.entries(this.value).map(([key, value]) => [key, new Cursor(value, [...this.path, key], this.reading)]);
  }

  /** The places of a list's items. */
  items(name: string): Cursor<R>[] {
    if (!Array.isArray(this.value)) return this.fail(`${name} must be a list`);
    return this.value.map((value, index) => new Cursor(value, [...this.path, index], this.reading));
  }

  /** The text; numbers and booleans as they were written. */
  text(name: string): string {
    if (typeof this.value === "string") return this.value;
    if (typeof this.value === "number" || typeof this.value === "boolean") return this.written() ?? String(this.value);
    return this.fail(`${name} must be text`);
  }

  flag(name: string): boolean {
    if (typeof this.value === "boolean") return this.value;
    const word = String(this.value).toLowerCase();
    return word === "true" || word === "yes" ? true : word === "false" || word === "no" ? false : this.fail(`${name} must be true or false`);
  }

  /** Another value for the same place. */
  with(value: Json): Cursor<R> {
    return new Cursor(value, this.path, this.reading);
  }

  /** What `body` gives; a fault in an expression gets this place. */
  attempt<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      if (error instanceof DslSyntaxError) return this.fail(`invalid expression ${JSON.stringify(error.expression)}: ${error.message}`, { remedy: error.remedy, part: "value" });
      throw error;
    }
  }

  /** What `body` gives; where all faults are gathered, one in it is noted and the reading goes on with `otherwise`. */
  orNote<T>(body: () => T, otherwise: T): T {
    const problems = this.reading.problems;
    if (problems === undefined) return body();
    try {
      return body();
    } catch (error) {
      if (!(error instanceof ClockerError)) throw error;
      if (problems.length < MOST_WARNINGS) problems.push(error);
      return otherwise;
    }
  }

  /** A number or boolean as it stands in the text: `7.10`. */
  written(): string | undefined {
    return this.reading.document?.writtenAt(this.path);
  }

  /** @throws ClockerError `Error in blueprint: ...`, with the place */
  fail(message: string, options: { code?: ErrorCode; remedy?: string | undefined; details?: Record<string, unknown>; at?: Path; part?: "key" | "value" } = {}): never {
    const { document, items } = this.reading;
    const path = options.at ?? this.path;
    const position = document?.positionOf(path, options.part ?? "key");
    const place = position === undefined ? "" : ` at line ${position.line}, column ${position.column}${document?.source === undefined ? "" : ` of ${document.source}`}`;
    const item = items.length === 0 ? "" : ` in catalog item "${items.at(-1)}"`;
    throw new ClockerError(options.code ?? "invalid-blueprint", `Error in ${this.reading.what}: ${message}${item}${place}`, {
      ...(options.remedy === undefined ? {} : { remedy: options.remedy }),
      details: {
        path: [...path],
        ...(position === undefined || document === undefined ? {} : { ...position, excerpt: excerptOf(document.text, position.line, position.column) }),
        ...(document?.source === undefined ? {} : { source: document.source }),
        ...options.details,
      },
    });
  }

  /** Notes what is likely not meant. @param remedy found out only when it is needed: after some warnings the user has read enough */
  warn(message: string, remedy?: string | (() => string | undefined)): void {
    const { document, warnings } = this.reading;
    if (warnings.length >= MOST_WARNINGS) return;
    warnings.push({ message, remedy: typeof remedy === "function" ? remedy() : remedy, path: this.path, position: document?.positionOf(this.path) });
  }
}

const MOST_WARNINGS = 100;

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
