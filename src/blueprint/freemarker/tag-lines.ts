/** From an offset up to another. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The white space of lines that have nothing but tags, with their line breaks: such lines leave none in the result (FreeMarker's white-space
 * stripping). In order.
 * @param tags in order
 */
export function tagLines(text: string, tags: readonly Range[]): Range[] {
  const ranges: Range[] = [];
  let next = 0;
  for (let start = 0; start < text.length; ) {
    const breakAt = text.indexOf("\n", start);
    const end = breakAt < 0 ? text.length : breakAt + 1;
    while (next < tags.length && (tags[next]?.end ?? 0) <= start) next++;
    const around = aroundTags(text, start, end, tags, next);
    if (around !== undefined) ranges.push(...around);
    start = end;
  }
  return ranges;
}

/** What lies around the tags of a line, where that is white space only; undefined where it is more, or there is no tag. */
function aroundTags(text: string, start: number, end: number, tags: readonly Range[], first: number): Range[] | undefined {
  const ranges: Range[] = [];
  let from = start;
  let index = first;
  for (let tag = tags[index]; tag !== undefined && tag.start < end; tag = tags[++index]) {
    if (tag.start > from) ranges.push({ start: from, end: tag.start });
    from = Math.max(from, tag.end);
  }
  if (index === first) return undefined;
  if (from < end) ranges.push({ start: from, end });
  return ranges.every((range) => text.slice(range.start, range.end).trim() === "") ? ranges : undefined;
}

/** A piece of the text without what lies in the ranges. */
export function without(text: string, start: number, end: number, ranges: readonly Range[]): string {
  let kept = "";
  let from = start;
  for (let index = firstAfter(ranges, start); index < ranges.length; index++) {
    const range = ranges[index];
    if (range === undefined || range.start >= end) break;
    if (range.start > from) kept += text.slice(from, range.start);
    from = Math.max(from, range.end);
  }
  return from < end ? kept + text.slice(from, end) : kept;
}

/** The first range that ends after an offset. */
function firstAfter(ranges: readonly Range[], offset: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.end ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
