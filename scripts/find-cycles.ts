/** Cycles of a graph of names: one for every group of nodes that reach each other, a shortest one through its first name. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const start of [...graph.keys()].toSorted()) {
    if (done.has(start)) continue;
    const cycle = shortestWayBack(graph, start);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    for (const node of sameGroup(graph, start)) done.add(node);
  }
  return cycles;
}

/** The nodes of a shortest path from a node back to itself, the node first; undefined when there is none. */
function shortestWayBack(graph: ReadonlyMap<string, readonly string[]>, start: string): string[] | undefined {
  const before = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) return pathTo(node, before);
      if (before.has(next)) continue;
      before.set(next, node);
      queue.push(next);
    }
  }
  return undefined;
}

function pathTo(end: string, before: ReadonlyMap<string, string>): string[] {
  const path = [end];
  for (let node = before.get(end); node !== undefined; node = before.get(node)) path.unshift(node);
  return path;
}

/** Every node that the start reaches and that reaches the start. */
function sameGroup(graph: ReadonlyMap<string, readonly string[]>, start: string): Set<string> {
  const reversed = new Map<string, string[]>();
  for (const [from, targets] of graph) for (const to of targets) reversed.set(to, [...(reversed.get(to) ?? []), from]);
  const ahead = reachedFrom(graph, start);
  const behind = reachedFrom(reversed, start);
  return new Set([...ahead].filter((node) => behind.has(node)));
}

function reachedFrom(graph: ReadonlyMap<string, readonly string[]>, start: string): Set<string> {
  const reached = new Set([start]);
  for (const node of reached) for (const next of graph.get(node) ?? []) reached.add(next);
  return reached;
}
