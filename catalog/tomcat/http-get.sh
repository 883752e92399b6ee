# http_get PORT PATH: prints what this machine answers on its loopback interface. Exits 0 for a status 2xx, 22 for another one,
# 7 when there is no answer in time. Needs curl, or bash.
http_get() {
  if command -v bash >/dev/null 2>&1; then
    http_answer=$(timeout 10 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET %s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n" "$2" >&3 && cat <&3' http_get "$1" "$2" 2>/dev/null) || true
  else
    http_answer=$(curl -s -i --http1.0 --noproxy '*' --max-time 10 "http://127.0.0.1:$1$2") || true
  fi
  case "$http_answer" in
    HTTP/*) ;;
    *) return 7 ;;
  esac
  printf '%s\n' "$http_answer" | sed '1,/^\r*$/d'
  case "$http_answer" in
    "HTTP/1."[01]" 2"*) return 0 ;;
    *) return 22 ;;
  esac
}

# accepts PORT: whether a connection can be made to a port of this machine. Where that cannot be tried it is taken as so.
accepts() {
  command -v bash >/dev/null 2>&1 || return 0
  timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"' accepts "$1" 2>/dev/null
}
