/** Several may be given with commas between. */
export function collectFiles(text: string, before: readonly string[]): string[] {
  return [...before, ...text.split(",").map((each) => each.trim()).filter((each) => each !== "")];
}
