"""Functions with thousands of local variables, whose frames do not fit into a usual piece of the interpreter's own stack."""
import sys
import time

LOCALS = 5000

source = ["def big_%s(call):"]
source += ["    if not call:"]
source += ["        v%d = 0" % number for number in range(LOCALS)]
source += ["    return call()"]
namespace = {}
for family in "ab":
    exec(compile("\n".join(source) % family + "\n", "gen00.py", "exec"), namespace)
big_a, big_b = namespace["big_a"], namespace["big_b"]


def a_leaf():
    n = 10
    while n:
        n -= 1


def a_middle():
    return big_a(a_leaf)  #: call


def a_chain():
    return big_a(a_middle)  #: call


def b_leaf():
    n = 10
    while n:
        n -= 1


def b_middle():
    return big_b(b_leaf)  #: call


def b_chain():
    return b_middle()  #: call


def drive(end):
    while time.time() < end:
        for _ in range(100):
            a_chain()  #: a
            b_chain()  #: b


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
