/** Commands for software of tests: what runs everywhere is a shell and Perl. */

/** A process that does nothing until it is ended. */
export const SLEEP = "sleep 100000 >/dev/null 2>&1 & echo $! > $PID_FILE";

/** Answers every request on `$WEB_PORT` with the file `index.html` of the run folder. */
export const WEB = `perl -MIO::Socket::INET -e '
  $SIG{PIPE} = "IGNORE";
  my $server = IO::Socket::INET->new(LocalPort => $ENV{WEB_PORT}, Listen => 20, ReuseAddr => 1) or die;
  while (my $client = $server->accept) {
    sysread $client, my $request, 4096;
    open my $file, "<", "$ENV{RUN_DIR}/index.html"; local $/; my $text = <$file>;
    print $client "HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n$text"; close $client
  }
' >web.log 2>&1 </dev/null & echo $! > $PID_FILE`;

/** Config of a process that serves `index.html`, on the first free port from `first` on. */
export function web(first: number, index: string): Record<string, unknown> {
  return {
    type: "org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess",
    "brooklyn.parameters": [{ name: "web.port", type: "port", default: `${first}+` }],
    "brooklyn.config": {
      "shell.env": { WEB_PORT: '$brooklyn:attributeWhenReady("web.port")' },
      "templates.runtime": { [data(index)]: "index.html" },
      "launch.command": WEB,
      "checkRunning.command": `perl -MIO::Socket::INET -e 'exit(IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ENV{WEB_PORT}") ? 0 : 75)'`,
    },
  };
}

/** A text as a URL. */
export function data(text: string): string {
  return `data:text/plain,${encodeURIComponent(text)}`;
}

/** An effector that runs any command where the entity runs. */
export const SHELL = { type: "ssh-command-effector", "brooklyn.config": { name: "sh", command: 'eval "$COMMAND"', parameters: { COMMAND: { description: "What to run" } } } };

/** What an address answers. */
export async function answerOf(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return await response.text();
}
