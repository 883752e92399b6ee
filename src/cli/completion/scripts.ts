export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/*
 * Each script asks `clocker __complete WORDS...` what may stand at the last word. It answers a candidate a line, `value TAB description`; the line `:files` asks
 * the shell for files.
 */

const bash = `# bash completion for clocker; load it with: source <(clocker completion bash)
_clocker() {
  local line value current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ":files" ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$current")
    elif [ -n "$line" ]; then
      value="\${line%%$'\\t'*}"
      case "$current" in
        [\\"\\']*) COMPREPLY+=("$value") ;;
        *) COMPREPLY+=("$(printf '%q' "$value")") ;;
      esac
    fi
  done < <("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _clocker clocker ./clocker
`;

const zsh = `#compdef clocker
# zsh completion for clocker; load it with: source <(clocker completion zsh)
_clocker() {
  local line value
  local -a described
  while IFS= read -r line; do
    if [[ "$line" == ":files" ]]; then
      _files
    elif [[ -n "$line" ]]; then
      value="\${line%%$'\\t'*}"
      if [[ "$line" == *$'\\t'* ]]; then described+=("\${value//:/\\\\:}:\${line#*$'\\t'}"); else described+=("\${value//:/\\\\:}"); fi
    fi
  done < <("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#described} )) && _describe 'clocker' described
}
(( $+functions[compdef] )) && compdef _clocker clocker
`;

const fish = `# fish completion for clocker; load it with: clocker completion fish | source
function __clocker_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
    if test "$line" = ":files"
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c clocker -f -a '(__clocker_complete)'
`;

/** The script that a shell loads. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
