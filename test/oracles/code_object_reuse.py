"""Functions made, called and freed in a loop. Names, file and line of each carry the same number, and all are of the same
shape, so that code objects and their strings take each other's addresses: whatever is remembered by address alone shows."""
import sys
import time

# %(n)02d also moves the functions down by that many lines.
SOURCE = """%(shift)s
def leaf_%(n)02d(value):
    while value:
        value -= 1

def caller_%(n)02d(value):
    return leaf_%(n)02d(value)
"""


def round_of(number):
    source = SOURCE % {"n": number, "shift": "\n" * number}
    namespace = {}
    exec(compile(source, "gen%02d.py" % number, "exec"), namespace)  #: exec
    namespace["caller_%02d" % number](60)  #: call


def drive(end):
    number = 0
    while time.time() < end:
        round_of(number)  #: round
        number = (number + 1) % 100


print("ready")
sys.stdout.flush()
drive(time.time() + float(sys.argv[1]))  #: main
