#!/bin/sh
# Installs what tests of native frames use, where this is root on Debian: a C compiler, binutils and gdb. Sourced by scripts/test.sh.
# Never fails: tests that lack a tool are skipped with the reason. VMPROF_TEST_NO_DOWNLOAD=1 leaves it out.

test_tools_missing() {
  for tool in cc:gcc readelf:binutils gdb:gdb; do
    command -v "${tool%%:*}" >/dev/null 2>&1 || printf '%s ' "${tool##*:}"
  done
}

test_tools=$(test_tools_missing)
if [ -n "$test_tools" ] && [ "${VMPROF_TEST_NO_DOWNLOAD:-}" != 1 ] && [ "$(id -u)" = 0 ] &&
  command -v apt-get >/dev/null 2>&1; then
  # cc alone compiles nothing without the C library's headers.
  case $test_tools in *gcc*) test_tools="$test_tools libc6-dev" ;; esac
  # shellcheck disable=SC2086 # several words on purpose
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $test_tools; } \
    >"$PWD/.cache/tools.log" 2>&1 || true
fi
test_tools=$(test_tools_missing)
if [ -n "$test_tools" ]; then echo "skipped: tests that need $test_tools(not installed)"; fi
