import { type ClassFile, className, memberAt, textAt } from "./class-file.ts";

/** A call of a method with texts, as they stand in the class: what is put together of constants is put together. */
export interface CallWithTexts {
  /** The test's method that calls. */
  readonly caller: string;
  /** What is called: `addCatalogItems`. */
  readonly called: string;
  /** Each argument that is text; lists of lines are joined. Parts that are not known before the test runs are `UNKNOWN`. */
  readonly texts: readonly string[];
}

/** Stands for what only a run would tell. */
export const UNKNOWN = "‹unknown›";

type Value = { text: string } | { builder: string[] } | { list: Value[] } | { named: string } | { number: number } | undefined;

/** Static fields by `Class.field`: keys and sensors by the name that they are made with. */
export type Fields = Map<string, Value>;

/** Notes what the class's static fields are made of, for other classes' texts. */
export function readFields(file: ClassFile, fields: Fields): void {
  for (const { name, code } of file.methods) if (name === "<clinit>") new Run(file, name, code, fields).all();
}

/** The calls with texts of all methods of a class, in order. */
export function callsWithTexts(file: ClassFile, fields: Fields): CallWithTexts[] {
  return file.methods.flatMap(({ name, code }) => new Run(file, name, code, fields).all());
}

/** Runs a method's code from the first instruction to the last, whatever it branches to, with nothing but texts. */
class Run {
  readonly #file: ClassFile;
  readonly #name: string;
  readonly #code: DataView;
  readonly #fields: Fields;
  readonly #locals = new Map<number, Value>();
  readonly #calls: CallWithTexts[] = [];
  #stack: Value[] = [];
  #at = 0;

  constructor(file: ClassFile, name: string, code: Uint8Array, fields: Fields) {
    this.#file = file;
    this.#name = name;
    this.#code = new DataView(code.buffer, code.byteOffset, code.byteLength);
    this.#fields = fields;
  }

  all(): CallWithTexts[] {
    while (this.#at < this.#code.byteLength) this.#step(this.#u1());
    return this.#calls;
  }

  #u1 = (): number => this.#code.getUint8(this.#at++);
  #u2 = (): number => this.#code.getUint16((this.#at += 2) - 2);
  #push = (value: Value): void => void this.#stack.push(value);
  #pop = (): Value => this.#stack.pop();

  #step(op: number): void {
    if (op >= 2 && op <= 8) this.#push({ number: op - 3 });
    else if (op === 16) this.#push({ number: this.#code.getInt8(this.#at++) });
    else if (op === 17) this.#push({ number: this.#code.getInt16((this.#at += 2) - 2) });
    else if (op === 18) this.#constant(this.#u1());
    else if (op === 19 || op === 20) this.#constant(this.#u2());
    else if (op === 25) this.#push(this.#locals.get(this.#u1()));
    else if (op >= 42 && op <= 45) this.#push(this.#locals.get(op - 42));
    else if (op === 58) this.#locals.set(this.#u1(), this.#pop());
    else if (op >= 75 && op <= 78) this.#locals.set(op - 75, this.#pop());
    else if (op === 83) this.#store();
    else if (op === 89) this.#push(this.#stack.at(-1));
    else if (op >= 178 && op <= 181) this.#field(op, this.#u2());
    else if (op >= 182 && op <= 186) this.#invoke(op);
    else if (op === 187) this.#push(className(this.#file.constants, this.#u2()) === "java.lang.StringBuilder" ? { builder: [] } : undefined);
    else if (op === 189) this.#newArray();
    else this.#other(op);
  }

  #constant(index: number): void {
    const constant = this.#file.constants[index];
    if (constant?.kind === "string") this.#push({ text: textAt(this.#file.constants, constant.at) });
    else if (constant?.kind === "class") this.#push({ named: className(this.#file.constants, index) });
    else this.#push(constant?.kind === "number" ? { text: String(constant.value) } : undefined);
  }

  #newArray(): void {
    this.#at += 2;
    this.#pop();
    this.#push({ list: [] });
  }

  #store(): void {
    const value = this.#pop();
    const index = this.#pop();
    const list = this.#pop();
    if (list !== undefined && "list" in list && index !== undefined && "number" in index) list.list[index.number] = value;
  }

  #field(op: number, index: number): void {
    const { owner, name } = memberAt(this.#file.constants, index);
    if (op === 178) this.#push(this.#fields.get(`${owner}.${name}`));
    else if (op === 179) this.#fields.set(`${owner}.${name}`, this.#pop());
    else {
      if (op === 181) this.#pop();
      this.#pop();
      if (op === 180) this.#push(undefined);
    }
  }

  #invoke(op: number): void {
    const { owner, name, type } = memberAt(this.#file.constants, this.#u2());
    if (op >= 185) this.#at += 2;
    const args = parametersOf(type).map(() => this.#pop()).reverse();
    const target = op === 184 || op === 186 ? undefined : this.#pop();
    const result = resultOf(`${owner}.${name}`, target, args);
    if (result.done) return type.endsWith(")V") ? undefined : this.#push(result.value);
    const texts = args.flatMap((each) => (each !== undefined && ("text" in each || "list" in each) ? [textOf(each)] : []));
    if (texts.length > 0) this.#calls.push({ caller: `${this.#file.name}.${this.#name}`, called: name, texts });
    if (type.endsWith(")V")) return;
    // Keys and sensors are known by the name that they are made with.
    const made = args.find((each) => each !== undefined && "text" in each);
    this.#push(made === undefined || name === "format" || !/Config|Sensor|Key/.test(type.slice(type.indexOf(")"))) ? undefined : { named: textOf(made) });
  }

  /** Every other instruction: how long it is, and what it takes from the stack and puts there. */
  #other(op: number): void {
    const pops = popped(op);
    const pushes = pushed(op);
    this.#stack = this.#stack.slice(0, Math.max(0, this.#stack.length - pops));
    for (let count = 0; count < pushes; count++) this.#push(undefined);
    if (op === 170 || op === 171) this.#at = this.#endOfSwitch(op);
    else if (op === 196) this.#at += this.#code.getUint8(this.#at) === 132 ? 5 : 3;
    else this.#at += operands(op);
    // After a jump or a return nothing of the stack is left.
    if (op === 167 || (op >= 172 && op <= 177) || op === 191) this.#stack = [];
  }

  #endOfSwitch(op: number): number {
    const start = (this.#at + 3) & ~3;
    const at = (index: number) => this.#code.getInt32(start + 4 * index);
    return op === 170 ? start + 12 + 4 * (at(2) - at(1) + 1) : start + 8 + 8 * at(1);
  }
}

/** What the methods give that texts are put together with. */
function resultOf(method: string, target: Value, args: readonly Value[]): { done: boolean; value?: Value } {
  const done = (value: Value) => ({ done: true, value });
  const [first] = args;
  switch (method) {
    case "java.lang.StringBuilder.<init>":
      if (target !== undefined && "builder" in target && args.length > 0) target.builder.push(textOf(first));
      return done(undefined);
    case "java.lang.StringBuilder.append":
      if (target === undefined || !("builder" in target)) return done(undefined);
      target.builder.push(textOf(first));
      return done(target);
    case "java.lang.StringBuilder.toString":
      return done(target !== undefined && "builder" in target ? { text: target.builder.join("") } : undefined);
    case "java.lang.String.valueOf":
      return done({ text: textOf(first) });
    case "java.lang.Class.getName":
    case "java.lang.Class.getCanonicalName":
      return done({ text: textOf(target) });
    case "java.lang.Class.getSimpleName":
      return done({ text: textOf(target).replace(/^.*[.$]/, "") });
    case "com.google.common.base.Joiner.on":
      return done({ named: textOf(first) });
    case "com.google.common.base.Joiner.join":
      return done({ text: args.flatMap((each) => (each !== undefined && "list" in each ? each.list : [each])).map(textOf).join(textOf(target)) });
    case "org.apache.brooklyn.util.text.Strings.lines":
    case "org.apache.brooklyn.camp.brooklyn.AbstractYamlTest.joinLines":
      return done({ text: textOf(first) });
    case "org.apache.brooklyn.util.text.Strings.indent":
      return done({ text: textOf(args[1]).replaceAll(/^/gm, " ".repeat(first !== undefined && "number" in first ? first.number : 0)) });
    default:
      if (method.endsWith(".getName") && target !== undefined && "named" in target) return done({ text: target.named });
      return { done: /^java\.lang\.(Boolean|Integer|Long|Double)\.valueOf$|^java\.util\./.test(method), value: first };
  }
}

function textOf(value: Value): string {
  if (value === undefined) return UNKNOWN;
  if ("text" in value) return value.text;
  if ("builder" in value) return value.builder.join("");
  if ("number" in value) return String(value.number);
  return "named" in value ? value.named : value.list.map(textOf).join("\n");
}

/** `Ljava/lang/String;`, `[I`, … of a method's type. */
function parametersOf(type: string): string[] {
  return type.slice(1, type.indexOf(")")).match(/\[*(?:L[^;]+;|[A-Z])/g) ?? [];
}

const between = (op: number, from: number, to: number): boolean => op >= from && op <= to;

function operands(op: number): number {
  if (between(op, 21, 25) || between(op, 54, 58) || op === 169 || op === 188) return 1;
  if (op === 132 || between(op, 153, 168) || op === 192 || op === 193 || op === 198 || op === 199) return 2;
  return op === 197 ? 3 : op === 200 || op === 201 ? 4 : 0;
}

function popped(op: number): number {
  if (between(op, 79, 86)) return 3;
  if (between(op, 46, 53) || between(op, 159, 166) || op === 88) return 2;
  if (between(op, 54, 57) || between(op, 59, 74) || op === 87 || between(op, 153, 158) || op === 170 || op === 171 || op === 194 || op === 195 || op === 198 || op === 199) return 1;
  if (between(op, 96, 115) || between(op, 120, 131) || between(op, 148, 152)) return 2;
  return between(op, 116, 119) || between(op, 133, 147) || op === 188 || op === 190 || op === 193 ? 1 : 0;
}

function pushed(op: number): number {
  if (op === 1 || between(op, 9, 15) || between(op, 21, 24) || between(op, 26, 41) || between(op, 46, 53)) return 1;
  if (between(op, 96, 131) && op !== 132) return 1;
  return between(op, 133, 152) || op === 188 || op === 190 || op === 193 || between(op, 90, 94) ? 1 : 0;
}
