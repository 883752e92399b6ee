/** What a remote shell must know to start a command. */
export interface RemoteCommand {
  argv: readonly string[];
  env?: Readonly<Record<string, string>> | undefined;
  cwd?: string | undefined;
}

/** Reads one line and obeys it. `read` takes no more than the line, so the command finds its own input behind it. */
const READ_HEADER = 'IFS= read -r _clocker; eval "$_clocker"';

/**
 * Under sudo the command gets a session of its own, so that all it starts can be found when it must be ended; sshd gives one by itself.
 */
const WITH_SESSION = 'if setsid -w true </dev/null 2>/dev/null; then exec setsid -w /bin/sh -c "$1"; else exec /bin/sh -c "$1"; fi';

/**
 * The command line that sshd gives the user's login shell. It is always the same text, in words that every login shell reads alike:
 * program, arguments and environment come in the header on standard input, where no quoting rule of a foreign shell and no process list
 * sees them.
 */
export function bootstrap(sudo: boolean): string {
  return sudo ? `exec sudo -n -H -- /bin/sh -c '${WITH_SESSION}' sh '${READ_HEADER}'` : `exec /bin/sh -c '${READ_HEADER}'`;
}

/**
 * The command line for a command at a terminal, whose input is the user's from the first character on: the header is in it, as octal escapes that every login
 * shell leaves as they are.
 */
export function terminalBootstrap(sudo: boolean, headerText: string): string {
  const escaped = [...Buffer.from(headerText.trimEnd(), "latin1")].map((byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("");
  const script = `eval "$(printf "%b" "${escaped}")"`;
  return sudo ? `exec sudo -n -H -- /bin/sh -c '${script}'` : `exec /bin/sh -c '${script}'`;
}

/**
 * The header: one line of printable ASCII for a POSIX shell. It prints `mark` and the process id on both outputs, then becomes the command.
 */
export function header(mark: string, { argv, env, cwd }: RemoteCommand, options: { isTerminal?: boolean } = {}): string {
  // A terminal's two outputs are one.
  const marks = options.isTerminal === true ? `echo ${mark} $$` : `echo ${mark} $$; echo ${mark} $$ >&2`;
  const statements = [marks, `_clocker_decode() { _clocker=$(printf "$1_"); _clocker=\${_clocker%_}; }`];
  if (cwd !== undefined) statements.push(`${decoded(cwd)}; CDPATH= cd -- "$_clocker" || exit 126`);
  for (const [name, value] of Object.entries(env ?? {})) statements.push(`${decoded(value)}; ${name}=$_clocker; export ${name}`);
  statements.push("set --");
  for (const argument of argv) statements.push(`${decoded(argument)}; set -- "$@" "$_clocker"`);
  statements.push("unset _clocker", `exec "$@"`);
  return `${statements.join("; ")}\n`;
}

/** A statement for a POSIX shell that puts a value into `_clocker`: readable as it is where that is safe, else as octal escapes for printf. */
export function decoded(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value) && !/['\\]/.test(value)) return `_clocker='${value}'`;
  let escaped = "";
  for (const byte of Buffer.from(value, "utf8")) {
    const character = String.fromCharCode(byte);
    escaped += /[A-Za-z0-9 .,:;/=+_@#~^*()[\]{}<>|&?!"-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `_clocker_decode '${escaped}'`;
}
