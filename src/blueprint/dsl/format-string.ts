const SPECIFIER = /%(?:(\d{1,3})\$)?([-#+ 0,(]*)(\d{1,4})?(?:\.(\d{1,3}))?([a-zA-Z%])/g;

/**
 * Java's `String.format`: `%s %d %f %e %x %o %c %b %n %%` with flags, width, precision and argument index.
 * @throws Error with a sentence, for a placeholder that is unknown, has no argument, or has one of the wrong kind
 */
export function formatString(format: string, args: readonly unknown[]): string {
  let next = 0;
  return format.replaceAll(SPECIFIER, (whole, index: string | undefined, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
    if (kind === "%") return "%";
    if (kind === "n") return "\n";
    const position = index === undefined ? next++ : Number(index) - 1;
    if (position >= args.length) throw new Error(`"${whole}" of "${format}" has no argument: ${args.length} ${args.length === 1 ? "is" : "are"} given`);
    const text = convert({ whole, flags, precision, kind }, args[position]);
    return padded(/[A-Z]/.test(kind) ? text.toUpperCase() : text, flags, Number(width ?? 0), /[dfexo]/i.test(kind));
  });
}

interface Specifier {
  readonly whole: string;
  readonly flags: string;
  readonly precision: string | undefined;
  readonly kind: string;
}

function convert(specifier: Specifier, value: unknown): string {
  const precision = specifier.precision === undefined ? undefined : Number(specifier.precision);
  switch (specifier.kind.toLowerCase()) {
    case "s":
      return textOf(value).slice(0, precision);
    case "b":
      return typeof value === "boolean" ? String(value) : String(value !== null && value !== undefined);
    case "c":
      return typeof value === "number" ? String.fromCodePoint(Math.max(0, Math.trunc(value))) : textOf(value).slice(0, 1);
    case "d":
      return signed(grouped(wholeNumber(specifier, value).toString(), specifier.flags), specifier.flags);
    case "x":
      return unsigned(wholeNumber(specifier, value)).toString(16);
    case "o":
      return unsigned(wholeNumber(specifier, value)).toString(8);
    case "f":
      return signed(grouped(numberOf(specifier, value).toFixed(Math.min(precision ?? 6, 100)), specifier.flags), specifier.flags);
    case "e":
      return signed(numberOf(specifier, value).toExponential(Math.min(precision ?? 6, 100)).replace(/e([+-])(\d)$/, "e$10$2"), specifier.flags);
    default:
      throw new Error(`"${specifier.whole}" is no placeholder that is known`);
  }
}

/** A value within text: as Java writes null, maps as JSON. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return value;
  if (typeof value === "object") {
    const own: unknown = Reflect.get(value, "toString");
    // Values with a text of their own (a port range, a URL, an entity's id) use it; plain data is JSON.
    return own !== Object.prototype.toString && !Array.isArray(value) ? String(value) : JSON.stringify(value);
  }
  return String(value);
}

function wholeNumber(specifier: Specifier, value: unknown): bigint {
  const number = numberOf(specifier, value);
  if (!Number.isInteger(number)) throw new Error(`"${specifier.whole}" needs a whole number, not ${textOf(value)}`);
  return BigInt(number);
}

function numberOf(specifier: Specifier, value: unknown): number {
  const number = typeof value === "string" && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) throw new Error(`"${specifier.whole}" needs a number, not ${textOf(value).slice(0, 100)}`);
  return number;
}

/** A negative number as Java shows it in hexadecimal: 32 bits, or 64 when it needs them. */
function unsigned(value: bigint): bigint {
  return value >= 0n ? value : BigInt.asUintN(value >= -(2n ** 31n) ? 32 : 64, value);
}

function grouped(digits: string, flags: string): string {
  return flags.includes(",") ? digits.replace(/^(-?\d+)/, (whole) => whole.replaceAll(/\B(?=(\d{3})+$)/g, ",")) : digits;
}

function signed(digits: string, flags: string): string {
  if (digits.startsWith("-")) return digits;
  return flags.includes("+") ? `+${digits}` : flags.includes(" ") ? ` ${digits}` : digits;
}

function padded(text: string, flags: string, width: number, isNumber: boolean): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || !isNumber) return text.padStart(width);
  const sign = /^[+\- ]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}
