#!/bin/sh
# The whole proof in one command: sets up, checks types, style and layers, builds, and runs every test. The last line is
# `N passed, N failed[, N skipped]`; each check counts as one. Arguments go to vitest, for example a part of a file name.
set -u
cd "$(dirname "$0")/.." || exit 1
results=$PWD/.cache/test
mkdir -p "$results"
rm -f "$results/vitest.json"
passed=0
failed=0

# check NAME COMMAND…: one static check, its output shown when it fails.
check() {
  name=$1
  shift
  if "$@" >"$results/check.log" 2>&1 </dev/null; then
    passed=$((passed + 1))
    echo "✓ $name"
  else
    failed=$((failed + 1))
    cat "$results/check.log"
    echo "✗ $name"
  fi
}

if ! sh scripts/setup.sh; then
  echo "0 passed, 1 failed"
  exit 1
fi
echo "✓ install and build"
passed=1

check types npm run --silent typecheck
check style npm run --silent lint
check layers npm run --silent layers

. scripts/test-pythons.sh
. scripts/test-tools.sh
. scripts/test-chromium.sh

npx vitest run --reporter=default --reporter=json --outputFile.json="$results/vitest.json" "$@" </dev/null
status=$?
if ! node scripts/test-summary.mjs "$results/vitest.json" "$status" "$passed" "$failed"; then
  exit 1
fi
