import type { Io } from "../io.ts";
import { cut, oneLine, type Style, styleOf, widthOf } from "../output/style.ts";
import { seconds } from "../output/seconds.ts";
import { type Step, tellingSteps, tookOf } from "./steps.ts";

/** Lines of what runs now. */
const MOST_LIVE_LINES = 8;
const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/**
 * Shows a task tree while it runs: ended steps become lines with their times; on a terminal what runs now is shown below them and redrawn.
 * Where there is no terminal, only the lines.
 */
export class ProgressView {
  readonly #io: Io;
  readonly #style: Style;
  readonly #now: () => number;
  readonly #shown = new Set<string>();
  #liveLines = 0;
  #frame = 0;

  constructor(io: Io, now: () => number = Date.now) {
    this.#io = io;
    this.#style = styleOf(io);
    this.#now = now;
  }

  /** A heading: what happens next. */
  heading(text: string): void {
    this.#clear();
    this.#write(`${this.#style.bold(text)}\n`);
  }

  note(text: string): void {
    this.#clear();
    this.#write(`  ${this.#style.dim(text)}\n`);
  }

  /** The steps as they are now. */
  update(steps: readonly Step[]): void {
    this.#clear();
    const news = tellingSteps(steps).filter((step) => !this.#shown.has(step.id)).toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
    for (const step of news) {
      this.#shown.add(step.id);
      this.#write(`${this.#endedLine(step)}\n`);
    }
    if (this.#style.isLive) this.#draw(steps);
  }

  /** Takes the live part away: whatever comes next is written below the lines. */
  end(): void {
    this.#clear();
  }

  #draw(steps: readonly Step[]): void {
    const running = steps.filter((step) => step.state === "running");
    const parents = new Set(running.map((step) => step.parentId));
    const leaves = running.filter((step) => !parents.has(step.id));
    const frame = FRAMES[this.#frame++ % FRAMES.length] ?? "";
    const width = (widthOf(this.#io.stderr) ?? 80) - 1;
    const lines = leaves.slice(0, MOST_LIVE_LINES).map((step) => {
      const waiting = step.waitingFor === undefined ? "" : `, waiting for ${oneLine(step.waitingFor)}`;
      const time = seconds(this.#now() - (step.startedAt ?? this.#now()));
      return `  ${this.#style.cyan(frame)} ${cut(`${oneLine(step.label)} ${time}${waiting}`, width - 4)}`;
    });
    if (leaves.length > MOST_LIVE_LINES) lines.push(`    ${leaves.length - MOST_LIVE_LINES} more`);
    this.#write(lines.map((line) => `${line}\n`).join(""));
    this.#liveLines = lines.length;
  }

  #endedLine(step: Step): string {
    const { green, red, dim, yellow } = this.#style;
    const took = seconds(tookOf(step));
    const mark = step.state === "done" ? green("✓") : step.state === "ignored" ? yellow("!") : red("✗");
    const width = widthOf(this.#io.stderr);
    const label = oneLine(step.label);
    return `  ${mark} ${width === undefined ? label : cut(label, Math.max(20, width - took.length - 6))} ${dim(took)}`;
  }

  #clear(): void {
    if (this.#liveLines > 0) this.#write(`\u001b[${this.#liveLines}A\u001b[0J`);
    this.#liveLines = 0;
  }

  #write(text: string): void {
    this.#io.stderr.write(text);
  }
}
