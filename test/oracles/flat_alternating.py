"""Two short call chains, taken in turn as fast as possible: no first() ever calls second_leaf().

A trailing `#: name` labels a line: the rules in check.ts name the lines that calls may stand on.
"""
import sys
import time


def first_leaf():
    return 1 + 1


def first():
    return first_leaf()  #: call


def second_leaf():
    return 2 + 2


def second():
    return second_leaf()  #: call


def drive(end):
    while time.time() < end:
        for _ in range(200):
            first()  #: first
            second()  #: second


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
