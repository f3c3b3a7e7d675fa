#!/usr/bin/env bash
# The fault campaign as a part of the suite: a spread of its points, and of disks that are full; EVERY=1 is all of them.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
for part in campaign small_disk; do
  python3 "tests/fault/$part.py" --program "${SLUICE:-./sluice}" \
    --library "${BUILD:-build/release-gcc}/fault.so" --every "${EVERY:-40}" || failed=1
done
exit "${failed:-0}"
