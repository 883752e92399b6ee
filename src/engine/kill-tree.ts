/**
 * A POSIX shell script that ends a command with everything it started: `sh -c KILL_TREE sh PID`. It takes PID, its descendants, its
 * process group and its session, asks them to end (TERM), and after two seconds kills what is left. It needs nothing but a shell and
 * Linux's /proc; where there is no /proc it kills the process group.
 */
export const KILL_TREE = `
root=$1
[ -r /proc/self/stat ] || { kill -KILL -- "-$root"; exit; }
find_members() {
  found=" "
  again=1
  while [ "$again" = 1 ]; do
    again=0
    for stat in /proc/[0-9]*/stat; do
      line=
      { read -r line <"$stat"; } 2>/dev/null
      pid=\${stat#/proc/}
      pid=\${pid%/stat}
      # After the name in parentheses: state, parent, process group, session.
      set -- \${line##*) }
      { [ $# -ge 4 ] && [ "$1" != Z ]; } || continue
      case $found in *" $pid "*) continue ;; esac
      if [ "$pid" != "$root" ] && [ "$2" != "$root" ] && [ "$3" != "$root" ] && [ "$4" != "$root" ]; then
        case $found in *" $2 "*) ;; *) continue ;; esac
      fi
      found="$found$pid "
      again=1
    done
  done
}
find_members
seen=$found
for pid in $found; do kill -TERM "$pid" 2>/dev/null; kill -CONT "$pid" 2>/dev/null; done
tries=20
while [ "$tries" -gt 0 ]; do
  find_members
  seen="$seen$found"
  [ "$found" = " " ] && break
  tries=$((tries - 1))
  sleep 0.1 2>/dev/null || sleep 1
done
for pid in $seen; do kill -KILL "$pid" 2>/dev/null; done
exit 0
`;
