# -*- coding: utf-8 -*-
"""threads.py SECONDS: one thread of each kind: computing, sleeping, waiting for a lock, with a name that is not ASCII."""
from __future__ import unicode_literals
import sys
import threading
import time

END = time.time() + float(sys.argv[1])
LOCK = threading.Lock()
NAME = "Größe-線程-\U0001F40D"
if sys.version_info[0] == 2:
    NAME = NAME.encode("utf-8")


def compute():
    n = 0
    while time.time() < END:
        n += 1


def sleep_long():
    time.sleep(float(sys.argv[1]))


def wait_for_lock():
    with LOCK:
        pass


def compute_elsewhere():
    n = 0
    while time.time() < END:
        n += 1


THREADS = [
    threading.Thread(target=compute, name="computer"),
    threading.Thread(target=sleep_long, name="sleeper"),
    threading.Thread(target=wait_for_lock, name="locked out"),
    threading.Thread(target=compute_elsewhere, name=NAME),
]

LOCK.acquire()
for thread in THREADS:
    thread.start()
print("ready")
sys.stdout.flush()
THREADS[0].join()
LOCK.release()
for thread in THREADS:
    thread.join()
