/**
 * Orders versions as Brooklyn does: every snapshot below every release, then by numbers and text, a version without a
 * qualifier above the same with one (`1.0-rc1` < `1.0`). Negative when `a` is the lower one.
 */
export function compareVersions(a: string, b: string): number {
  return Number(isSnapshot(b)) - Number(isSnapshot(a)) || compareParts(a, b);
}

/** A version that may still change under the same name. */
export function isSnapshot(version: string): boolean {
  return /snapshot/i.test(version);
}

function compareParts(a: string, b: string): number {
  const [mainA, qualifierA] = split(a);
  const [mainB, qualifierB] = split(b);
  const main = compareNaturally(mainA, mainB);
  if (main !== 0) return main;
  if (qualifierA === undefined || qualifierB === undefined) return Number(qualifierA === undefined) - Number(qualifierB === undefined);
  return compareNaturally(qualifierA, qualifierB) || (a < b ? -1 : Number(a > b));
}

function split(version: string): [main: string, qualifier: string | undefined] {
  const match = /^([\d.]*)[-_.]?(.*)$/s.exec(version);
  const qualifier = match?.[2];
  return [(match?.[1] ?? "").replace(/\.$/, ""), qualifier === undefined || qualifier === "" ? undefined : qualifier];
}

/** Runs of digits by their number, everything else by its characters. */
function compareNaturally(a: string, b: string): number {
  const partsA = a.match(/\d+|[^\d.]+/g) ?? [];
  const partsB = b.match(/\d+|[^\d.]+/g) ?? [];
  for (let i = 0; i < Math.max(partsA.length, partsB.length); i++) {
    const order = comparePart(partsA[i], partsB[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/** A missing part counts as zero, so that 1.0 and 1.0.0 are alike; text is below numbers. */
function comparePart(a: string = "0", b: string = "0"): number {
  const [isNumberA, isNumberB] = [/^\d/.test(a), /^\d/.test(b)];
  if (isNumberA !== isNumberB) return isNumberA ? 1 : -1;
  if (!isNumberA) return a.toLowerCase() < b.toLowerCase() ? -1 : Number(a.toLowerCase() > b.toLowerCase());
  const [valueA, valueB] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return valueA.length - valueB.length || (valueA < valueB ? -1 : Number(valueA > valueB));
}
