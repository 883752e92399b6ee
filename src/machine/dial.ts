import type { ForwardTarget } from "./machine.ts";

const PERL = `
use strict; use Socket;
my ($kind, $to, $port) = @ARGV; my $s;
if ($kind eq "unix") {
  socket($s, PF_UNIX, SOCK_STREAM, 0) or die "$!\\n";
  connect($s, sockaddr_un($to)) or die "$to: $!\\n";
} else {
  my $ip = inet_aton($to) or die "unknown host $to\\n";
  socket($s, PF_INET, SOCK_STREAM, 0) or die "$!\\n";
  connect($s, sockaddr_in($port, $ip)) or die "$to:$port: $!\\n";
}
sub copy {
  my ($in, $out) = @_; my $b;
  while (my $n = sysread($in, $b, 65536)) {
    my $o = 0;
    while ($o < $n) { my $w = syswrite($out, $b, $n - $o, $o); defined $w or exit 1; $o += $w; }
  }
}
my $pid = fork;
if ($pid == 0) { copy(*STDIN, $s); shutdown($s, 1); exit 0; }
copy($s, *STDOUT); kill "TERM", $pid;
`;

const PYTHON = `
import os, socket, sys, threading
kind, to = sys.argv[1:3]
try:
    if kind == "unix":
        s = socket.socket(socket.AF_UNIX)
        s.connect(to)
    else:
        s = socket.create_connection((to, int(sys.argv[3])))
except OSError as error:
    sys.exit(str(error))
def up():
    while True:
        data = os.read(0, 65536)
        if not data:
            break
        s.sendall(data)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while True:
    data = s.recv(65536)
    if not data:
        break
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
os._exit(0)
`;

/**
 * Joins standard input and output to a socket with whatever the machine has: `unix PATH` or `tcp HOST PORT`; `check unix` and `check tcp`
 * only tell (exit code 0) whether there is a way. socat ends an hour after one side has ended, however the other goes on.
 */
const DIAL = `
have() { command -v "$1" >/dev/null 2>&1; }
go() { [ "$check" = yes ] && exit 0; exec "$@"; }
check=no
[ "$1" = check ] && { check=yes; shift; }
case "$2" in *[,:\\"\\'\\!\\\\]*) plain=no ;; *) plain=yes ;; esac
if have socat && [ "$plain" = yes ]; then
  if [ "$1" = unix ]; then go socat -t 3600 STDIO "UNIX-CONNECT:$2"; else go socat -t 3600 STDIO "TCP:$2:$3"; fi
fi
have perl && go perl -e "$PERL_DIAL" "$@"
have python3 && go python3 -c "$PYTHON_DIAL" "$@"
if [ "$1" = unix ]; then
  have docker && go docker -H "unix://$2" system dial-stdio
  have nc && case $(nc -h 2>&1) in *-U*) go nc -U "$2" ;; esac
else
  have nc && go nc "$2" "$3"
  have bash && go bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit 1; { cat >&3; } <&0 & cat <&3; kill "$!" 2>/dev/null' bash "$2" "$3"
fi
exit 69
`;

/** Exit code of the dial script when the machine has none of the tools (EX_UNAVAILABLE). */
export const NO_WAY_TO_DIAL = 69;

/** The command that joins its standard input and output to a socket on its machine. */
export function dialCommand(target: ForwardTarget): readonly [string, ...string[]] {
  return dial("socket" in target ? ["unix", target.socket] : ["tcp", target.host, String(target.port)]);
}

/** The command that tells by its exit code whether `dialCommand` can work there. */
export function dialCheck(target: ForwardTarget): readonly [string, ...string[]] {
  return dial(["check", "socket" in target ? "unix" : "tcp"]);
}

function dial(words: readonly string[]): readonly [string, ...string[]] {
  // The two programs travel as arguments: this shell alone names them.
  return ["/bin/sh", "-c", `PERL_DIAL=$1; PYTHON_DIAL=$2; shift 2\n${DIAL}`, "sh", PERL, PYTHON, ...words];
}

/** A target as people write it. */
export function nameOfTarget(target: ForwardTarget): string {
  return "socket" in target ? target.socket : `${target.host}:${target.port}`;
}
