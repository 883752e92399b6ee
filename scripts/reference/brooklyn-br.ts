import { brVerbs } from "../../test/support/br-verbs.ts";
import { type Page, paragraphs } from "./page.ts";

/** What of Brooklyn's command line is accepted: the list that a test runs. */
export function brooklynBrPage(): Page {
  const sections = Object.entries(brVerbs).flatMap(([heading, verbs]) => [`## ${heading}`, verbs.map(({ words }) => `- \`clocker ${words}\``).join("\n")]);
  return {
    file: "brooklyn-br.md",
    title: "Brooklyn's `br`, verb by verb",
    summary: "every verb of Brooklyn's own command line, as `clocker` takes it",
    body: paragraphs(
      "Scripts and fingers that know Brooklyn's command line `br` work with `clocker` in its place: `alias br=clocker`. Each line below is run by a test, as it is written. `TASK` is the id of an activity, `FILE` a blueprint, `BOM` a bundle.",
      "What differs: tables are laid out for people (use `-o json`, `-o name` or `--json PATH` in scripts), effectors report their task while they run, and exit codes are [those of `clocker`](command-line.md).",
      ...sections,
    ),
  };
}
