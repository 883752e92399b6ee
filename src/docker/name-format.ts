/** Clocker's name formats, in Java's notation: `docker-%1$s`, `clocker-%2$02x`; the first argument is an id, the second a number. */
export function formatName(format: string, id: string, number: number): string {
  return format.replace(/%(?:(\d)\$)?(0\d+)?([sdx])/g, (_whole, index: string | undefined, width: string | undefined, kind: string) => {
    if (index === "1" || kind === "s") return id;
    return (kind === "x" ? number.toString(16) : String(number)).padStart(Number(width ?? 0), "0");
  });
}
