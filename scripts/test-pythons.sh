#!/bin/sh
# Finds the Pythons that the tests record, and tells which. Sourced by scripts/test.sh.
#
# Sets and exports VMPROF_TEST_ROOTS: folders, separated by colons, that hold another system with more Pythons (used through
# chroot, like a container). Where it is not set, and this is root on Debian, Debian sid with its newest Pythons is unpacked
# into .cache/sid once; that takes a minute or two. VMPROF_TEST_NO_DOWNLOAD=1 leaves it out. Never fails: tests that lack a
# Python are skipped with the reason.

test_pythons_skip() {
  echo "skipped: the Pythons of Debian sid ($*)"
}

# The mirror comes from the machine's own package manager, so that this works wherever the machine's own updates do.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 'Created-By: Packages' 2>/dev/null |
    awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }'
}

unpack_sid() {
  sid=$PWD/.cache/sid
  if [ -x "$sid/usr/bin/python3.15" ]; then return 0; fi
  if [ "${VMPROF_TEST_NO_DOWNLOAD:-}" = 1 ]; then test_pythons_skip "VMPROF_TEST_NO_DOWNLOAD=1"; return 1; fi
  if [ "$(id -u)" != 0 ]; then test_pythons_skip "chroot needs root"; return 1; fi
  if ! command -v apt-get >/dev/null 2>&1; then test_pythons_skip "this is not Debian"; return 1; fi
  mirror=$(debian_mirror)
  if [ -z "$mirror" ]; then test_pythons_skip "apt has no Debian mirror"; return 1; fi
  mkdir -p .cache
  log=$PWD/.cache/sid.log
  if ! command -v debootstrap >/dev/null 2>&1; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap; } \
      >"$log" 2>&1 </dev/null || { test_pythons_skip "debootstrap cannot be installed: $(tail -n 1 "$log")"; return 1; }
  fi
  # Unpacked beside its place and renamed: an interrupted one is never taken for whole.
  echo "Unpacking Debian sid with python3.14 and python3.15 into .cache/sid (once, a minute or two) …"
  umount -q "$sid.new/proc" 2>/dev/null
  rm -rf --one-file-system "$sid.new"
  if timeout 900 debootstrap --variant=minbase --include=python3.14,python3.15 sid "$sid.new" "$mirror" \
    >"$log" 2>&1 </dev/null; then
    rm -rf --one-file-system "$sid"
    mv "$sid.new" "$sid"
  else
    test_pythons_skip "debootstrap failed, see .cache/sid.log: $(tail -n 1 "$log")"
    return 1
  fi
}

if [ -z "${VMPROF_TEST_ROOTS:-}" ] && unpack_sid; then
  VMPROF_TEST_ROOTS=$PWD/.cache/sid
fi
export VMPROF_TEST_ROOTS="${VMPROF_TEST_ROOTS:-}"
