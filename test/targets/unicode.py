# -*- coding: utf-8 -*-
"""unicode.py SECONDS: function names of every kind of string: Latin-1, two bytes a character, four bytes a character."""
import sys
import time


class Größe:
    def ändern(self, end):
        while time.time() < end:
            pass


def функция(end):
    while time.time() < end:
        pass


def 𝔣𝔲𝔫𝔠(end):
    while time.time() < end:
        pass


# Not a name that the grammar allows, but one that code can have.
astral = compile("def f(end):\n    import time\n    while time.time() < end: pass\n", "ünï-\U0001F4A9.py", "exec")
names = {}
exec(astral, names)
code = names["f"].__code__
if hasattr(code, "replace"):
    extra = {"co_qualname": "snake_\U0001F40D"} if hasattr(code, "co_qualname") else {}
    names["f"].__code__ = code.replace(co_name="snake_\U0001F40D", **extra)

print("ready")
sys.stdout.flush()
third = float(sys.argv[1]) / 4
Größe().ändern(time.time() + third)
функция(time.time() + third)
𝔣𝔲𝔫𝔠(time.time() + third)
names["f"](time.time() + third)
