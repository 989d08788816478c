"""A hundred threads at a time, each alive for some milliseconds. A thread's name says which functions it may run."""
import sys
import threading
import time


def leaf_0(n):
    while n:
        n -= 1


def leaf_1(n):
    while n:
        n -= 1


def leaf_2(n):
    while n:
        n -= 1


def work_0():
    for _ in range(50):
        leaf_0(300)  #: call


def work_1():
    for _ in range(50):
        leaf_1(300)  #: call


def work_2():
    for _ in range(50):
        leaf_2(300)  #: call


WORK = (work_0, work_1, work_2)


def drive(end):
    while time.time() < end:
        threads = []  #: forget
        for number in range(100):
            threads.append(threading.Thread(target=WORK[number % 3], name="short-%d" % (number % 3)))  #: make
        for thread in threads:  #: forget
            thread.start()  #: start
        for thread in threads:  #: forget
            thread.join()  #: join


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
