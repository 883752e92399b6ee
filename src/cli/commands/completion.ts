import { type Command, Argument } from "commander";
import { completionScripts, type Shell, shells } from "../completion/scripts.ts";
import { type Io, print } from "../io.ts";
import { examples } from "./examples.ts";

export function addCompletion(program: Command, io: Io): void {
  examples(program.command("completion").addArgument(new Argument("<shell>", "which shell").choices(shells)), ["source <(clocker completion bash)", "clocker completion bash > ~/.local/share/bash-completion/completions/clocker", "clocker completion zsh > ~/.zfunc/_clocker", "clocker completion fish > ~/.config/fish/completions/clocker.fish"])
    .summary("print the script by which a shell completes commands, flags and names")
    .description("Prints the script by which a shell completes commands, flags, and the names of what is on the server: applications, entities, locations, contexts.")
    .action((shell: Shell) => void io.stdout.write(completionScripts[shell]));

  program
    .command("__complete [words...]", { hidden: true })
    .description("Prints what may stand at the last of the words; for the scripts of completion.")
    .allowUnknownOption()
    .helpOption(false)
    .action(async (words: string[]) => {
      const { candidates } = await import("../completion/candidates.ts");
      for (const { value, description } of await candidates(program, words, io)) print(io, description === undefined ? value : `${value}\t${description.replaceAll(/\s+/g, " ")}`);
    });
}
