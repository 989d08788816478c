"""Nested `yield from` and `await`, driven in turn by hand."""
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


def drive(end):
    a, b = a_outer(), b_outer()  #: make
    while time.time() < end:
        for _ in range(100):
            next(a)  #: a
            b.send(None)  #: b


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
