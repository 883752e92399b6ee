/** Whether a name is most likely a slip of the finger for another: upper and lower case, one letter too many, too few or wrong, or two swapped. */
export function isSlipOf(name: string, meant: string): boolean {
  if (name === meant || Math.min(name.length, meant.length) < 4) return false;
  const [a, b] = [name.toLowerCase(), meant.toLowerCase()];
  const start = commonStart(a, b);
  const [restA, restB] = [a.slice(start), b.slice(start)];
  const end = commonStart(reversed(restA), reversed(restB));
  const [changed, wanted] = [restA.slice(0, restA.length - end), restB.slice(0, restB.length - end)];
  const swapped = changed.length === 2 && changed === reversed(wanted);
  return (changed.length <= 1 && wanted.length <= 1) || swapped;
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function reversed(text: string): string {
  return text.split("").toReversed().join("");
}
