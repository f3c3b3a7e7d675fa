#!/usr/bin/env bash
# The fault campaign as a part of the suite: a spread of its points; EVERY=1 is all of them.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec python3 tests/fault/campaign.py --program "${SLUICE:-./sluice}" \
  --library "${BUILD:-build/release-gcc}/fault.so" --every "${EVERY:-40}"
