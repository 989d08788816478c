#!/bin/sh
# Makes a checkout ready: the packages of package-lock.json and a fresh build. Cheap when nothing changed; run it at any time.
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "setup: $*" >&2
  exit 1
}

command -v node >/dev/null 2>&1 || fail "Node 20.19 or newer is needed, and there is no node on the PATH."
command -v npm >/dev/null 2>&1 || fail "npm is needed, and there is no npm on the PATH."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  fail "Node 20.19 or newer is needed; this is $(node --version)."

# npm writes node_modules/.package-lock.json at the end of an install: an interrupted one is therefore made again.
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing the packages of package-lock.json …" >&2
  npm ci --include=dev --loglevel=error --no-progress >&2 || fail "npm ci failed."
fi

npm run --silent build >&2 || fail "the build failed."
