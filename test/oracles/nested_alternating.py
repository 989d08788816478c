"""Two chains of three calls and a leaf, taken in turn; the middle function has two call sites with one legal callee each."""
import sys
import time


def a4(value):
    value += 1
    return value


def a3(value):
    return a4(value)  #: call


def a2(value):
    value = a3(value)  #: call
    return value


def a1(value):
    return a2(value)  #: call


def b4(value):
    value += 2
    return value


def b3(value):
    return b4(value)  #: call


def b2(value):
    value = b3(value)  #: call
    return value


def b1(value):
    return b2(value)  #: call


def both(value):
    value = a1(value)  #: a
    value = b1(value)  #: b
    return value


def drive(end):
    while time.time() < end:
        for value in range(100):
            both(value)  #: both


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
