# ensure_java: prints the path of a Java runtime: JAVA_HOME's, the one on the path, else the distribution's, which it installs.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif sudo -n true 2>/dev/null; then sudo -n "$@"
  else echo "Installing packages needs root, and $(id -un) may not use sudo without a password" >&2; return 1
  fi
}

find_java() { if [ -x "${JAVA_HOME:-none}/bin/java" ]; then echo "$JAVA_HOME/bin/java"; else command -v java; fi; }

install_java() {
  echo "There is no Java here: installing the distribution's" >&2
  if command -v apt-get >/dev/null 2>&1; then
    for attempt in 1 2 3 4 5; do
      if as_root apt-get -q update >&2; then break; fi
      echo "The package lists cannot be had (attempt $attempt)" >&2; sleep 3
    done
    # Slim images lack the folder that the package's manual pages are linked in.
    as_root mkdir -p /usr/share/man/man1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install default-jre-headless >&2
  elif command -v dnf >/dev/null 2>&1; then as_root dnf -q -y install java-headless >&2
  elif command -v apk >/dev/null 2>&1; then as_root apk add --no-cache openjdk17-jre-headless >&2
  else echo "There is neither Java nor apt-get, dnf or apk here: install a Java runtime" >&2; return 1
  fi
}

ensure_java() {
  find_java >/dev/null || install_java
  find_java
}
