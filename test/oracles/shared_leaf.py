"""One function under both chains: which leaf it calls is decided by the outermost call, four frames away."""
import sys
import time


def a_leaf(n):
    while n:
        n -= 1
    return n


def b_leaf(n):
    while n:
        n -= 1
    return n


def shared(leaf):
    return leaf(3)  #: call


def middle(leaf):
    return shared(leaf)  #: call


def a_chain():
    return middle(a_leaf)  #: call


def b_chain():
    return middle(b_leaf)  #: call


def drive(end):
    while time.time() < end:
        for _ in range(100):
            a_chain()  #: a
            b_chain()  #: b


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
