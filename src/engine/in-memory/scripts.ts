import type { Duplex } from "node:stream";
import type { ContainerState, ExecSpec } from "../engine.ts";

/** What a scripted command answers; nothing said is exit code 0 without output. */
export interface ExecReply {
  exitCode?: number;
  stdout?: string;
  stderr?: string;
}

/** Which commands a script answers: all words equal, or the words joined by blanks match. */
export type ExecMatch = readonly string[] | RegExp | ((argv: readonly string[]) => boolean);
/** Runs until it answers; when the signal aborts, the command counts as killed and the answer is not waited for. */
export type ExecHandler = (spec: ExecSpec, container: ContainerState, signal: AbortSignal) => ExecReply | Promise<ExecReply>;
export type StreamHandler = (argv: readonly string[], container: ContainerState) => Duplex;

/** Answers by command; of several that match, the one added last. */
export class Scripts<H> {
  readonly #scripts: { match: ExecMatch; handler: H }[] = [];

  add(match: ExecMatch, handler: H): void {
    this.#scripts.unshift({ match, handler });
  }

  find(argv: readonly string[]): H | undefined {
    return this.#scripts.find(({ match }) => matches(match, argv))?.handler;
  }
}

function matches(match: ExecMatch, argv: readonly string[]): boolean {
  if (typeof match === "function") return match(argv);
  if (match instanceof RegExp) return match.test(argv.join(" "));
  return match.length === argv.length && match.every((word, index) => word === argv[index]);
}
