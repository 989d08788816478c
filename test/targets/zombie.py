"""zombie.py SECONDS: computes with a dead child that nobody waits for."""
import os
import sys
import time

if os.fork() == 0:
    os._exit(0)


def outlive(seconds):
    end = time.time() + seconds
    while time.time() < end:
        pass


print("ready")
sys.stdout.flush()
outlive(float(sys.argv[1]))
