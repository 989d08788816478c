"""spin.py [SECONDS]: two busy functions, one of which gets three times the work of the other; then ends with exit code 0."""
import os
import sys
import time


def work(n):
    while n:
        n -= 1


def light():
    work(2000)  # line 13


def heavy():
    work(6000)  # line 17


def main(seconds):
    end = time.time() + seconds
    while time.time() < end:
        light()
        heavy()
    print("cpu %.3f" % sum(os.times()[:2]))


print("ready")
sys.stdout.flush()
main(float(sys.argv[1]) if len(sys.argv) > 1 else 1e9)
