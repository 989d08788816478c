"""Recursion 300 deep, down and up again, in two families in turn. Five functions call each other in a circle, so that a
frame that is missing, doubled or left over from an earlier round shows at once."""
import sys
import time


def a_leaf(n):
    return n


def a0(n):
    return a1(n - 1) if n else a_leaf(n)  #: call


def a1(n):
    return a2(n - 1) if n else a_leaf(n)  #: call


def a2(n):
    return a3(n - 1) if n else a_leaf(n)  #: call


def a3(n):
    return a4(n - 1) if n else a_leaf(n)  #: call


def a4(n):
    return a0(n - 1) if n else a_leaf(n)  #: call


def b_leaf(n):
    return n


def b0(n):
    return b1(n - 1) if n else b_leaf(n)  #: call


def b1(n):
    return b2(n - 1) if n else b_leaf(n)  #: call


def b2(n):
    return b3(n - 1) if n else b_leaf(n)  #: call


def b3(n):
    return b4(n - 1) if n else b_leaf(n)  #: call


def b4(n):
    return b0(n - 1) if n else b_leaf(n)  #: call


def drive(end):
    while time.time() < end:
        a0(299)  #: a
        b0(299)  #: b


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
