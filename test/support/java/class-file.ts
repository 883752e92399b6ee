/** What of a Java class file the extraction of texts needs (The Java Virtual Machine Specification, chapter 4). */
export interface ClassFile {
  /** `org.example.Some$Inner`. */
  readonly name: string;
  readonly constants: readonly (Constant | undefined)[];
  readonly methods: readonly { readonly name: string; readonly code: Uint8Array }[];
}

export type Constant =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "string" | "class"; readonly at: number }
  | { readonly kind: "number"; readonly value: number | bigint }
  | { readonly kind: "member"; readonly owner: number; readonly nameAndType: number }
  | { readonly kind: "name-and-type"; readonly name: number; readonly type: number }
  | { readonly kind: "other" };

/** @throws RangeError for what is no class file */
export function readClassFile(bytes: Uint8Array): ClassFile {
  const reader = new Reader(bytes);
  if (reader.u4() !== 0xcafebabe) throw new RangeError("Not a class file");
  reader.skip(4);
  const constants = readConstants(reader);
  reader.skip(2);
  const self = reader.u2();
  reader.skip(2);
  reader.skip(2 * reader.u2());
  readMembers(reader, constants);
  const methods = readMembers(reader, constants);
  return { name: className(constants, self), constants, methods };
}

/** The text at an index of the constants. */
export function textAt(constants: ClassFile["constants"], index: number): string {
  const constant = constants[index];
  return constant?.kind === "text" ? constant.text : "";
}

/** `org.example.Some` for a class constant. */
export function className(constants: ClassFile["constants"], index: number): string {
  const constant = constants[index];
  return constant?.kind === "class" ? textAt(constants, constant.at).replaceAll("/", ".") : "";
}

/** The owner, name and type of a field or method that is referred to. */
export function memberAt(constants: ClassFile["constants"], index: number): { owner: string; name: string; type: string } {
  const member = constants[index];
  const pair = member?.kind === "member" ? constants[member.nameAndType] : undefined;
  if (member?.kind !== "member" || pair?.kind !== "name-and-type") return { owner: "", name: "", type: "()V" };
  return { owner: className(constants, member.owner), name: textAt(constants, pair.name), type: textAt(constants, pair.type) };
}

function readConstants(reader: Reader): (Constant | undefined)[] {
  const count = reader.u2();
  const constants: (Constant | undefined)[] = [undefined];
  while (constants.length < count) {
    const tag = reader.u1();
    constants.push(readConstant(reader, tag));
    // Long and double take two places.
    if (tag === 5 || tag === 6) constants.push(undefined);
  }
  return constants;
}

function readConstant(reader: Reader, tag: number): Constant {
  switch (tag) {
    case 1:
      return { kind: "text", text: Buffer.from(reader.bytes(reader.u2())).toString("utf8") };
    case 3:
      return { kind: "number", value: reader.u4() | 0 };
    case 5:
      return { kind: "number", value: BigInt.asIntN(64, (BigInt(reader.u4()) << 32n) | BigInt(reader.u4())) };
    case 6:
      return { kind: "number", value: new DataView(reader.bytes(8).slice().buffer).getFloat64(0) };
    case 7:
      return { kind: "class", at: reader.u2() };
    case 8:
      return { kind: "string", at: reader.u2() };
    case 9:
    case 10:
    case 11:
    case 18:
      return { kind: "member", owner: reader.u2(), nameAndType: reader.u2() };
    case 12:
      return { kind: "name-and-type", name: reader.u2(), type: reader.u2() };
    case 4:
    case 17:
      reader.skip(4);
      return { kind: "other" };
    case 15:
      reader.skip(3);
      return { kind: "other" };
    case 16:
    case 19:
    case 20:
      reader.skip(2);
      return { kind: "other" };
    default:
      throw new RangeError(`Constant of kind ${tag}`);
  }
}

/** Fields or methods; of methods, those that have code. */
function readMembers(reader: Reader, constants: ClassFile["constants"]): { name: string; code: Uint8Array }[] {
  const members: { name: string; code: Uint8Array }[] = [];
  for (let left = reader.u2(); left > 0; left--) {
    reader.skip(2);
    const name = textAt(constants, reader.u2());
    reader.skip(2);
    for (let attributes = reader.u2(); attributes > 0; attributes--) {
      const attribute = textAt(constants, reader.u2());
      const content = new Reader(reader.bytes(reader.u4()));
      if (attribute !== "Code") continue;
      content.skip(4);
      members.push({ name, code: content.bytes(content.u4()) });
    }
  }
  return members;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u1(): number {
    return this.#view.getUint8(this.#at++);
  }

  u2(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2);
  }

  u4(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4);
  }

  skip(count: number): void {
    this.#at += count;
  }

  bytes(count: number): Uint8Array {
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
