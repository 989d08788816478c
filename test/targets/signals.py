"""signals.py: spins; says which signal came, tidies up and ends with exit code 40 + its number."""
import os
import signal
import sys
import time


def on_signal(number, frame):
    os.write(1, b"got %d\n" % number)
    sys.exit(40 + number)


def spin():
    end = time.time() + 60
    while time.time() < end:
        pass


signal.signal(signal.SIGINT, on_signal)
signal.signal(signal.SIGTERM, on_signal)
# Not print(): a signal may come before it returns, and it cannot be called from within itself.
os.write(1, b"ready\n")
spin()
