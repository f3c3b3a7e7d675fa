#!/usr/bin/env bash
# Runs the case folders tests/cases/ROOM/CASE/ against $SLUICE, and says by a diff what is not as expected.
#
#   cmd      a snippet for sh, run in a scratch directory: a copy of start/, if there is one
#   expout   what it must print (a missing file: nothing); experr likewise for its messages
#   exprc    its exit code (a missing file: 0)
#   end/     if it is there, the files that must lie in the scratch directory after; a file that is the
#            single line * may hold anything; end/.gitkeep stands for "nothing may be left"
#   ignore   shell patterns, one a line, of files that end/ says nothing about (* also matches /);
#            tests/cases/ROOM/ignore holds for all cases of its room
#
# The snippet sees SLUICE, CASE (the case's folder), TOP (the repository), NO_COLOR=1, LC_ALL=C.UTF-8 and no
# TZ; files of start/ were last changed on 2026-01-02, so that none looks as if it were still arriving.
# CASES=PATTERN picks (settlement/eu, or settlement/*). BLESS=1 rewrites what is expected; the git diff is
# then the review. An empty end/ is filled by it.
set -uo pipefail
TOP=$(cd "$(dirname "$0")/../.." && pwd)
SLUICE=${SLUICE:-$TOP/sluice}
export TOP SLUICE NO_COLOR=1 LC_ALL=C.UTF-8
unset TZ

ignored() { # is file $1 named in the case's ignore?
  local pattern file
  for file in "$CASE/ignore" "$CASE/../ignore"; do
    [ -f "$file" ] || continue
    while IFS= read -r pattern || [ -n "$pattern" ]; do
      # shellcheck disable=SC2254 # a pattern on purpose
      [ -n "$pattern" ] && case $1 in $pattern) return 0 ;; esac
    done <"$file"
  done
  return 1
}

files() { # the files and links below $1 that count, in a fixed order
  local name
  (cd "$1" && find . ! -type d ! -path ./.gitkeep -printf '%P\n' | sort) |
    while IFS= read -r name; do ignored "$name" || printf '%s\n' "$name"; done
}

any_content() { [ -f "$1" ] && [ "$(head -c 3 "$1" | od -An -c | tr -d ' ')" = '*\n' ]; }

same() { # same NAME EXPECTED ACTUAL; either may be missing, and is then empty
  local name=$1 expected=$2 actual=$3
  [ -e "$expected" ] || expected=/dev/null
  [ -e "$actual" ] || actual=/dev/null
  cmp -s "$expected" "$actual" && return 0
  diff -a -u --label "expected $name" --label "got $name" "$expected" "$actual" | head -100
  return 1
}

compare_trees() { # $CASE/end with $1
  local name good=0
  files "$CASE/end" >"$1.expected" && files "$1" >"$1.actual"
  same "file names" "$1.expected" "$1.actual" || good=1
  while IFS= read -r name; do
    any_content "$CASE/end/$name" || same "$name" "$CASE/end/$name" "$1/$name" || good=1
  done < <(comm -12 "$1.expected" "$1.actual")
  return $good
}

bless_file() { # bless_file NAME ACTUAL: what is as a missing file needs none
  if [ -s "$2" ]; then cp "$2" "$CASE/$1"; else rm -f "$CASE/$1"; fi
}

bless() { # everything that differs becomes what is expected
  local scratch=$1 name
  bless_file expout "$scratch/out"
  bless_file experr "$scratch/err"
  [ "$(cat "$scratch/rc")" = 0 ] && : >"$scratch/rc"
  bless_file exprc "$scratch/rc"
  [ -d "$CASE/end" ] || return 0
  files "$CASE/end" >"$scratch/work.expected" && files "$scratch/work" >"$scratch/work.actual"
  comm -23 "$scratch/work.expected" "$scratch/work.actual" |
    while IFS= read -r name; do rm -f "$CASE/end/$name"; done
  while IFS= read -r name; do
    any_content "$CASE/end/$name" && continue
    mkdir -p "$(dirname "$CASE/end/$name")"
    cp "$scratch/work/$name" "$CASE/end/$name"
  done <"$scratch/work.actual"
  find "$CASE/end" -mindepth 1 -type d -empty -delete
}

run_one() { # run_one ROOM/CASE LOG: says what is wrong in LOG, and leaves LOG.ok when nothing is
  CASE=$TOP/tests/cases/$1
  export CASE
  local log=$2 scratch rc good=0
  scratch=$(mktemp -d)
  mkdir "$scratch/work"
  if [ -d "$CASE/start" ]; then
    cp -R "$CASE/start/." "$scratch/work"
    find "$scratch/work" -exec touch -h -d '2026-01-02 00:00:00 UTC' {} +
  fi
  (cd "$scratch/work" && exec timeout "${CASE_SECONDS:-120}" sh "$CASE/cmd") \
    >"$scratch/out" 2>"$scratch/err" </dev/null
  rc=$?
  echo $rc >"$scratch/rc"
  if [ -n "${BLESS:-}" ]; then bless "$scratch" >"$log"; fi
  {
    [ $rc -ne 124 ] || echo "took longer than ${CASE_SECONDS:-120} s"
    [ -e "$CASE/exprc" ] || echo 0 >"$scratch/zero"
    if [ -e "$CASE/exprc" ]; then same exprc "$CASE/exprc" "$scratch/rc"; else same exprc "$scratch/zero" "$scratch/rc"; fi || good=1
    same expout "$CASE/expout" "$scratch/out" || good=1
    same experr "$CASE/experr" "$scratch/err" || good=1
    [ ! -d "$CASE/end" ] || compare_trees "$scratch/work" || good=1
  } >>"$log" 2>&1
  [ $good -eq 0 ] && : >"$log.ok"
  chmod -R u+rwX "$scratch" && rm -rf "$scratch"
}

if [ "${1:-}" = --one ]; then
  run_one "$2" "$3"
  exit 0
fi

cd "$TOP" || exit 1
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
names=$(for each in tests/cases/*/*/cmd; do
  name=${each#tests/cases/} name=${name%/cmd}
  # shellcheck disable=SC2254 # a pattern on purpose
  [ -f "$each" ] && case $name in *${CASES:-}*) echo "$name" ;; esac
done)
for name in $names; do printf '%s\n%s\n' "$name" "$logs/${name//\//.}"; done |
  xargs -r -P "${JOBS:-2}" -n 2 bash "$0" --one

passed=0 failed=0
for name in $names; do
  log=$logs/${name//\//.}
  if [ -e "$log.ok" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL case $name"
    [ -e "$log" ] && sed 's/^/    /' "$log"
  fi
done
[ -z "${BLESS:-}" ] || git -C "$TOP" status --short tests/cases 2>/dev/null
printf "%-8s %s\n" "${PART:-cases}:" "$passed of $((passed + failed)) pass"
echo "${PART:-cases} $passed $failed" >>"${TALLY:-/dev/null}"
[ $failed -eq 0 ]
