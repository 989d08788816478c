# Python calls C calls Python, in many ways. Every function with a name in capitals has its own way to be called.
import ctypes
import functools
import os
import re
import sys
import zlib


def work(count):
    total = 0
    for i in range(count):
        total += i * i
    return total


def KEY(x):
    return work(30) + x % 7


def REDUCER(a, b):
    return (a + work(20) + b) & 0xFFFF


def MAPPED(x):
    return work(30) + x


def COMPARE(a, b):
    work(10)
    return a[0] - b[0]


def GENERATOR(count):
    for i in range(count):
        yield work(20)


class Thing(object):
    def __init__(self):
        work(50)

    def __eq__(self, other):
        return work(50) == other

    __hash__ = None


COMPARE_TYPE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
LIBRARY = ctypes.CDLL(None)


def by_sort():
    return sorted(range(200), key=KEY)


def by_reduce():
    return functools.reduce(REDUCER, range(300))


def by_map():
    return list(map(MAPPED, range(200)))


def by_callback():
    numbers = (ctypes.c_int * 40)(*[(i * 7919) % 40 for i in range(40)])
    LIBRARY.qsort(numbers, 40, 4, COMPARE_TYPE(COMPARE))


def by_generator():
    return sum(GENERATOR(200))


def by_class():
    return [Thing() for _ in range(50)].count(0)


def by_recursion(depth):
    if depth == 0:
        return work(3000)
    return functools.reduce(lambda a, b: by_recursion(depth - 1), [1, 2])


def by_compress(data):
    return zlib.compress(data, 9)


def by_match(text):
    return re.findall(r"(a+)+b", text)


# Ends after so many seconds of CPU time, so that a busy machine takes longer instead of doing less.
def main(seconds):
    data = bytes(bytearray(range(256))) * 400
    text = "aaaaab" * 800
    while os.times()[0] < seconds:
        by_sort()
        by_reduce()
        by_map()
        by_callback()
        by_generator()
        by_class()
        by_recursion(4)
        by_compress(data)
        by_match(text)


main(float(sys.argv[1]))
