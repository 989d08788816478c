"""screen.py COLUMNS ROWS COMMAND...: runs a command in a terminal of its own. What the command draws goes to standard output as
it is. Lines of standard input are JSON: {"keys": "text"} types, {"resize": [columns, rows]} resizes. The last line on standard
error is JSON: how the command ended, and whether it left the terminal's modes as they were."""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios


def resize(columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def act(line):
    order = json.loads(line.decode())
    if "keys" in order:
        os.write(terminal, order["keys"].encode())
    if "resize" in order:
        resize(*order["resize"])


terminal, inner = pty.openpty()
resize(int(sys.argv[1]), int(sys.argv[2]))
modes = termios.tcgetattr(inner)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(inner, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(inner, fd)
    os.closerange(3, 100)
    os.execvp(sys.argv[3], sys.argv[3:])

orders = b""
sources = [terminal, 0]
status = None
while True:
    # What was drawn last is still to be read when the command has ended.
    readable, _, _ = select.select(sources, [], [], 0.02)
    if terminal in readable:
        os.write(1, os.read(terminal, 65536))
    elif status is not None:
        break
    if 0 in readable:
        data = os.read(0, 65536)
        if not data:
            sources.remove(0)
        orders += data
        *lines, orders = orders.split(b"\n")
        for line in lines:
            act(line)
    if status is None:
        ended, code = os.waitpid(pid, os.WNOHANG)
        if ended == pid:
            status = code

sys.stderr.write(json.dumps({
    "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
    "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
    "isRestored": termios.tcgetattr(inner) == modes,
}) + "\n")
