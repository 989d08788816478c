#!/bin/sh
# The nightly run: every fuzz test for a minute (VMPROF_FUZZ_SECONDS), each time from another seed, which it prints. A test takes
# part by reading VMPROF_FUZZ_SECONDS. Arguments narrow it to files with that in their path. Exit code 1 when one fails.
set -u
cd "$(dirname "$0")/.." || exit 1
VMPROF_FUZZ_SECONDS=${VMPROF_FUZZ_SECONDS:-60}
VMPROF_FUZZ_SEED=${VMPROF_FUZZ_SEED:-$(date +%s)}
export VMPROF_FUZZ_SECONDS VMPROF_FUZZ_SEED

files=$(grep -rl --include='*.test.ts' VMPROF_FUZZ_SECONDS src test | sort)
for word in "$@"; do files=$(printf '%s\n' "$files" | grep -F -- "$word"); done
if [ -z "$files" ]; then
  echo "no fuzz test has that in its path: $*"
  exit 1
fi

failed=0
for file in $files; do
  echo "== $file: $VMPROF_FUZZ_SECONDS s for each test, VMPROF_FUZZ_SEED=$VMPROF_FUZZ_SEED"
  # One after the other: a test that shares the processor finds less in its minute.
  npx vitest run --no-file-parallelism --testTimeout=$(((VMPROF_FUZZ_SECONDS + 60) * 1000)) "$file" </dev/null || {
    echo "failed: VMPROF_FUZZ_SEED=$VMPROF_FUZZ_SEED scripts/fuzz.sh $file"
    failed=1
  }
done
exit $failed
