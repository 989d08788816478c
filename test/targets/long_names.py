"""long_names.py SECONDS: functions whose names are longer than a page, and differ only at their end."""
import sys
import time

PREFIX = "long_" * 1200
source = ""
for ending in ("first", "second"):
    source += "def %s%s(end):\n    while clock() < end: pass\n" % (PREFIX, ending)
namespace = {"clock": time.time}
exec(compile(source, "x" * 5000 + ".py", "exec"), namespace)

print("ready")
sys.stdout.flush()
half = float(sys.argv[1]) / 2
namespace[PREFIX + "first"](time.time() + half)
namespace[PREFIX + "second"](time.time() + half)
