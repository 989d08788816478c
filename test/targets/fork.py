"""fork.py SECONDS: two forked children that each do work of their own, then the parent."""
import os
import sys
import time

SECONDS = float(sys.argv[1])


def spin(seconds):
    end = time.time() + seconds
    while time.time() < end:
        pass


def first_child():
    spin(SECONDS)


def second_child():
    spin(SECONDS)


def parent():
    spin(SECONDS)


children = []
for work in (first_child, second_child):
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    children.append(pid)
print("ready")
sys.stdout.flush()
parent()
for pid in children:
    os.waitpid(pid, 0)
