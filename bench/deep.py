"""deep.py DEPTH KIND: spins for ever under DEPTH calls: `steady` in one loop, `calling` a small function all the time."""
import sys


def nothing(value):
    return value


def steady():
    while True:
        for _ in range(1000):
            pass


def calling():
    while True:
        for value in range(1000):
            nothing(value)


def descend(depth):
    if depth > 0:
        descend(depth - 1)
    elif sys.argv[2] == "steady":
        steady()
    else:
        calling()


depth = int(sys.argv[1])
sys.setrecursionlimit(depth + 1000)
print("ready")
sys.stdout.flush()
descend(depth - 3)
