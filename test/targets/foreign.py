# Threads of a library call into Python: foreign.py LIBRARY SECONDS
import ctypes
import os
import sys

library = ctypes.CDLL(sys.argv[1])
seconds = float(sys.argv[2])


def work(count):
    total = 0
    for i in range(count):
        total += i * i
    return total


def FOREIGN(n):
    work(20000 * n)
    return 1 if os.times()[0] < seconds else 0


function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(FOREIGN)
library.begin(function)
library.end()
