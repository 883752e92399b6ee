import Table from "cli-table3";
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
  const table = new Table({ head: ["benchmark", "figure", "value", "floor or peer", "note"], style: { head: [], border: [] }, wordWrap: true, colWidths: [14, 36, 12, 36, 44] });
  for (const { benchmark, figures, error } of outcomes) {
    if (error !== undefined) table.push([benchmark, "not measured", "", "", error]);
    for (const { what, value, unit, peer, note } of figures) {
      table.push([benchmark, what, shown(value, unit), peer === undefined ? "" : `${shown(peer.value, unit === "ratio" ? "ms" : unit)} ${peer.what}`, note ?? ""]);
    }
  }
  return table.toString();
}

function shown(value: number, unit: Unit): string {
  if (unit === "ratio") return `${value.toFixed(2)} ×`;
  if (unit === "bytes") return `${Math.round(value / 2 ** 20)} MiB`;
  return value >= 10_000 ? `${(value / 1_000).toFixed(1)} s` : `${Math.round(value)} ms`;
}
