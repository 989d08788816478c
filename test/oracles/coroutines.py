"""Nested `yield from` and `await`, driven in turn by hand. They live as long as the program, which ends at once: a coroutine
that is thrown away runs once more, and whoever happens to be there is its caller."""
import os
import sys
import time


class Pause(object):
    def __await__(self):
        yield  #: pause


def a_leaf(n):
    return n + 1


def a_inner():
    n = 0
    while True:
        n = a_leaf(n)  #: call
        yield n


def a_middle():
    yield from a_inner()  #: from


def a_outer():
    yield from a_middle()  #: from


def b_leaf(n):
    return n + 2


async def b_inner(n):
    n = b_leaf(n)  #: call
    await Pause()  #: pause
    return b_leaf(n)  #: again


async def b_middle(n):
    return await b_inner(n)  #: await


async def b_outer():
    n = 0
    while True:
        n = await b_middle(n)  #: await


COROUTINES = a_outer(), b_outer()


def drive(end):
    a, b = COROUTINES
    while time.time() < end:
        for _ in range(100):
            next(a)  #: a
            b.send(None)  #: b


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
os._exit(0)
