"""900 functions that each call the next: the one stack there can be, 500 deep for a while, then 900 deep, in turn."""
import sys
import time

DEPTH = 900
sys.setrecursionlimit(2000)

source = []
for number in range(DEPTH):
    source.append("def f%03d(stop):" % number)
    source.append("    return leaf%d(stop) if stop == %d else f%03d(stop)" % (number // 500, number, number + 1))
namespace = {}
exec(compile("\n".join(source) + "\n", "gen00.py", "exec"), namespace)


def leaf0(stop):
    for _ in range(300):
        pass


def leaf1(stop):
    for _ in range(300):
        pass


namespace["leaf0"] = leaf0
namespace["leaf1"] = leaf1
outermost = namespace["f000"]


def drive(end):
    while time.time() < end:
        outermost(499)  #: shallow
        outermost(899)  #: deep


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
