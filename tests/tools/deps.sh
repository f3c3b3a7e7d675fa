#!/bin/sh
# Installs those of the named Debian packages that are missing; does nothing, and needs no network, when
# none is. PACKAGE:COMMAND counts as there when the command is, wherever it came from.
set -u

if ! command -v dpkg-query >/dev/null; then
  echo "deps: not a Debian system; the build needs what Debian calls: $*" >&2
  exit 0 # the compiler will say what is really missing
fi

missing=
for each in "$@"; do
  package=${each%%:*} program=${each#"${each%%:*}"} program=${program#:}
  [ -n "$program" ] && command -v "$program" >/dev/null && continue
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | cut -c1-9)" = installed ] && continue
  missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=
elif command -v sudo >/dev/null; then
  as_root=sudo
else
  echo "deps: these packages are missing, and you are neither root nor have sudo:$missing" >&2
  echo "deps: ask somebody who is root for: apt-get install -y$missing" >&2
  exit 1
fi

echo "deps: installing$missing" >&2
# An index that cannot be fetched may still be good enough.
$as_root apt-get -qq update || echo "deps: the package index could not be brought up to date" >&2
# shellcheck disable=SC2086 # both are lists
if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >/dev/null; then
  echo "deps: these packages could not be installed:$missing" >&2
  echo "deps: try it by hand: apt-get update && apt-get install -y$missing" >&2
  exit 1
fi
