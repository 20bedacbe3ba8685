#!/bin/sh
# Started as root, gives the data folder to PUID:PGID and runs the program as them.
# Started as anyone else (docker run --user 99:100), runs it as it is.
set -eu

fail() {
  echo "episode-tracker: $1" >&2
  exit 2
}

case "${UMASK:-022}" in
  [0-7][0-7][0-7] | [0-7][0-7][0-7][0-7]) umask "${UMASK:-022}" ;;
  *) fail "UMASK: must be three octal digits such as 022." ;;
esac

[ "$(id -u)" = 0 ] || exec episode-tracker "$@"

puid="${PUID:-1000}"
pgid="${PGID:-1000}"
case "$puid$pgid" in
  *[!0-9]*) fail "PUID and PGID: must be numbers, such as 1000." ;;
esac

data="${DATA_DIR:-/config}"
[ -d "$data" ] || mkdir -p "$data" || true
# Only what belongs to others is touched, so that a large image cache costs nothing at every start.
if [ -d "$data" ] && ! find "$data" \( ! -user "$puid" -o ! -group "$pgid" \) -exec chown -h "$puid:$pgid" {} +; then
  echo "episode-tracker: not everything in $data could be given to $puid:$pgid. On the host, run" >&2
  echo "  sudo chown -R $puid:$pgid FOLDER    (the folder that is mounted at $data)" >&2
fi

[ "$puid:$pgid" = 0:0 ] && exec episode-tracker "$@"
if ! setpriv --reuid "$puid" --regid "$pgid" --clear-groups true 2>/dev/null; then
  fail "this container may not change to PUID $puid. Leave it CAP_SETUID and CAP_SETGID, or start it with --user $puid:$pgid."
fi
exec setpriv --reuid "$puid" --regid "$pgid" --clear-groups --no-new-privs episode-tracker "$@"
