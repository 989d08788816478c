#!/bin/sh
# Records an example program and shows where its time and memory went: `npm run demo`, in a fresh checkout too.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh

if ! command -v python3 >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing python3, which the example program needs …" >&2
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3; } \
      >&2 </dev/null || { echo "demo: python3 could not be installed." >&2; exit 1; }
  else
    echo "demo: the example program needs a python3 (3.6 or newer) on the PATH; install it and try again." >&2
    exit 1
  fi
fi

# Version managers put a script of that name on the PATH, which starts a dozen processes: not what one wants to see first.
python=$(python3 -c 'import sys; print(sys.executable)')
recording=log-search.vmprof
vmprof() {
  node dist/cli/main.js "$@"
}

heading() {
  printf '\n──── %s\n\n' "$*"
}

heading "vmprof run -o $recording -- python3 examples/log_search.py"
vmprof run -o "$recording" -- "$python" examples/log_search.py
heading "Where the time went, by function: vmprof show $recording --view flat"
vmprof show "$recording" --view flat
heading "How it got there: vmprof show $recording --view tree"
vmprof show "$recording" --view tree
heading "Memory: vmprof show $recording --view memory"
vmprof show "$recording" --view memory
