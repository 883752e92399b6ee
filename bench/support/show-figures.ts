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
    ...(error === undefined ? [] : [{ benchmark, what: "not measured", value: "", peer: "", ratio: "", note: error }]),
    ...figures.map(({ what, value, unit, peer, note }) => ({
      benchmark,
      what,
      value: shown(value, unit),
      peer: peer === undefined ? "" : `${shown(peer.value, unit === "ratio" ? "ms" : unit)} ${peer.what}`,
      ratio: peer === undefined || unit === "ratio" ? "" : shown(value / peer.value, "ratio"),
      note,
    })),
  ]);
  return table(
    [
      { title: "BENCHMARK", value: (row) => row.benchmark },
      { title: "FIGURE", value: (row) => row.what },
      { title: "VALUE", value: (row) => row.value },
      { title: "RATIO", value: (row) => row.ratio },
      { title: "FLOOR OR PEER", value: (row) => row.peer },
      { title: "NOTE", value: (row) => row.note },
    ],
    rows,
    undefined,
  );
}

function shown(value: number, unit: Unit): string {
  if (unit === "ratio") return `${value.toFixed(2)} ×`;
  if (unit === "per second") return `${Math.round(value)}/s`;
  if (unit === "bytes") return value >= 2 ** 20 ? `${Math.round(value / 2 ** 20)} MiB` : `${(value / 2 ** 10).toFixed(1)} KiB`;
  if (value >= 10_000) return `${(value / 1_000).toFixed(1)} s`;
  if (value < 0.1) return `${(value * 1_000).toFixed(1)} µs`;
  return `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;
}
