"""python trace_stacks.py ORACLE QUIET: runs an oracle traced line by line and prints every distinct stack that Python itself
reports, until QUIET events brought no new one: what the rules must allow. One JSON list a stack, outermost frame first:
[thread name, [file, function, first line, line], ...]."""
import json
import os
import sys
import threading

path, quiet = sys.argv[1], int(sys.argv[2])
LIBRARY = (compile("", "library", "exec"), 1)
stacks = set()
state = {"started": False, "quiet": 0}


def is_own(code):
    return code.co_filename == path or code.co_filename.startswith("gen")


def trace(frame, event, argument):
    # Only calls of library functions are of interest, not their lines.
    local_trace = trace if is_own(frame.f_code) else None
    # The oracles' outermost functions: what runs before is setting up.
    state["started"] = state["started"] or frame.f_code.co_name in ("drive", "both")
    stack = [threading.current_thread().name]
    while frame is not None and frame.f_code.co_filename != __file__:
        # Of frames of the library it only counts that they are there.
        if is_own(frame.f_code):
            stack.append((frame.f_code, frame.f_lineno))
        elif stack[-1] is not LIBRARY:
            stack.append(LIBRARY)
        frame = frame.f_back
    stack = tuple(stack)
    known = len(stacks)
    stacks.add(stack)
    state["quiet"] = state["quiet"] + 1 if len(stacks) == known and state["started"] else 0
    if state["quiet"] > quiet:
        report()
    return local_trace


def report():
    sys.settrace(None)
    for number, stack in enumerate(list(stacks)):
        # Deep stacks are many and alike: some of them will do.
        if len(stack) > 20 and number % 29:
            continue
        frames = [(code.co_filename, code.co_name, code.co_firstlineno, line) for code, line in reversed(stack[1:])]
        os.write(1, (json.dumps([stack[0]] + frames) + "\n").encode())
    os._exit(0)


with open(path) as source:
    code = compile(source.read(), path, "exec")
sys.argv = [path, "30"]
threading.settrace(trace)
sys.settrace(trace)
exec(code, {"__name__": "__main__"})
