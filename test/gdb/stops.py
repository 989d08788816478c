# Run inside of gdb: lets the program go on until SIGUSR1 comes, prints its registers and the addresses of its frames as a line of
# JSON, and waits for a line on standard input before it lets it go on.
import json
import sys

import gdb

gdb.execute("set pagination off")
gdb.execute("set backtrace past-main on")
gdb.execute("set backtrace limit 5000")
gdb.execute("handle SIGUSR1 stop nopass", to_string=True)

REGISTERS = "rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip".split()
MASK = (1 << 64) - 1

print("READY", flush=True)
while True:
    gdb.execute("continue", to_string=True)
    frame = gdb.newest_frame()
    registers = [int(frame.read_register(name)) & MASK for name in REGISTERS]
    addresses = []
    try:
        while frame is not None:
            # Not on the stack: inlined functions, and callers that gdb guesses from calls that were jumps.
            if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
                addresses.append(frame.pc())
            frame = frame.older()
    except gdb.error:
        pass
    print("STOP " + json.dumps({"registers": registers, "addresses": addresses}), flush=True)
    if sys.stdin.readline() == "":
        break
