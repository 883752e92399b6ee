import { table } from "../../src/cli/output/table.ts";
import type { Figure, Unit } from "../benchmark.ts";

/** What a benchmark came to: its figures, or why it has none. */
export interface Outcome {
  readonly benchmark: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly error?: string;
}

/** The table at the end of a run. */
export function figuresTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ benchmark, figures, error }) => [
    ...(error === undefined ? [] : [{ benchmark, what: "not measured", value: "", peer: "", note: error }]),
    ...figures.map(({ what, value, unit, peer, note }) => ({ benchmark, what, value: shown(value, unit), peer: peer === undefined ? "" : `${shown(peer.value, unit === "ratio" ? "ms" : unit)} ${peer.what}`, note })),
  ]);
  return table(
    [
      { title: "BENCHMARK", value: (row) => row.benchmark },
      { title: "FIGURE", value: (row) => row.what },
      { title: "VALUE", value: (row) => row.value },
      { title: "FLOOR OR PEER", value: (row) => row.peer },
      { title: "NOTE", value: (row) => row.note },
    ],
    rows,
    undefined,
  );
}

function shown(value: number, unit: Unit): string {
  if (unit === "ratio") return `${value.toFixed(2)} ×`;
  if (unit === "bytes") return `${Math.round(value / 2 ** 20)} MiB`;
  return value >= 10_000 ? `${(value / 1_000).toFixed(1)} s` : `${Math.round(value)} ms`;
}
