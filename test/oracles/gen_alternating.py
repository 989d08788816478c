"""Generators driven in turn, one of them through another: their frames live outside of the thread's stack and move to
another caller with every step. They live as long as the program, which ends at once: a generator that is thrown away runs
once more, and whoever happens to be there is its caller."""
import os
import sys
import time


def a_leaf(n):
    return n + 1


def a_inner():
    n = 0
    while True:
        n = a_leaf(n)  #: call
        yield n


def a_outer():
    for n in a_inner():  #: next
        yield n


def b_leaf(n):
    return n + 2


def b_inner():
    n = 0
    while True:
        n = b_leaf(n)  #: call
        yield n


def b_outer():
    for n in b_inner():  #: next
        yield n


def wandering():
    n = 0
    while True:
        n = c_leaf(n)  #: call
        yield n


def c_leaf(n):
    return n + 3


def step_a(generator, shared):
    next(generator)  #: generator
    next(shared)  #: shared


def step_b(generator, shared):
    next(generator)  #: generator
    next(shared)  #: shared


GENERATORS = a_outer(), b_outer(), wandering()


def drive(end):
    a, b, shared = GENERATORS
    while time.time() < end:
        for _ in range(100):
            step_a(a, shared)  #: a
            step_b(b, shared)  #: b


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
os._exit(0)
