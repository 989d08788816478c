#!/bin/sh
# Finds the browser that the tests of the page need, and installs it as root on Debian. Sourced by scripts/test.sh. Never
# fails: without Chromium those tests are skipped with the reason. VMPROF_TEST_NO_DOWNLOAD=1 installs nothing.

chromium=${VMPROF_TEST_CHROMIUM:-/usr/bin/chromium}
if [ ! -x "$chromium" ]; then
  if [ "${VMPROF_TEST_NO_DOWNLOAD:-}" = 1 ]; then
    echo "skipped: tests in the browser (VMPROF_TEST_NO_DOWNLOAD=1, and there is no $chromium)"
  elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the tests of the page (once, a minute) …"
    mkdir -p .cache
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } \
      >.cache/chromium.log 2>&1 </dev/null ||
      echo "skipped: tests in the browser (Chromium cannot be installed: $(tail -n 1 .cache/chromium.log))"
  else
    echo "skipped: tests in the browser (install the package chromium, or name one in VMPROF_TEST_CHROMIUM)"
  fi
fi
