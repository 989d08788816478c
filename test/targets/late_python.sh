#!/bin/sh
# late_python.sh SCRIPT SECONDS PYTHON…: a shell that starts Python only after a while.
script=$1
seconds=$2
shift 2
sleep 0.3
"$@" "$script" "$seconds"
status=$?
sleep 0.1
exit $status
