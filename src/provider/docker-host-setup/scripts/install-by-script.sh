# Installs Docker Engine with the script at $SCRIPT_URL, which the user of Clocker chose.
set -eu
script=$(mktemp)
trap 'rm -f "$script"' EXIT
if command -v curl >/dev/null 2>&1; then curl -fsSL --connect-timeout 30 --max-time 300 -o "$script" "$SCRIPT_URL"
else wget -q -T 60 -O "$script" "$SCRIPT_URL"
fi
sh "$script"
