"""A command that the kernel confines, as security modules do; it needs no rights.

    confined.py programs PLACE... -- COMMAND...   only programs below these places may be run (Landlock)
    confined.py locks -- COMMAND...               no file can be locked, as on NFS without locks (seccomp)

Exit code 77: this kernel has no such thing.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # Landlock's system calls
EXECUTE = PATH_BENEATH = 1
NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2
FLOCK = {"x86_64": 73, "aarch64": 32}
LOAD_NUMBER, IF_EQUAL, RETURN, FAIL, ALLOW = 0x20, 0x15, 0x06, 0x50000, 0x7FFF0000

libc = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments):
    result = function(*arguments)
    if result < 0:
        print(os.strerror(ctypes.get_errno()), file=sys.stderr)
        sys.exit(77)
    return result


def allow_programs(places):
    rules = call(libc.syscall, CREATE_RULESET, struct.pack("Q", EXECUTE), 8, 0)
    for place in places:
        rule = struct.pack("=Qi", EXECUTE, os.open(place, os.O_PATH))
        call(libc.syscall, ADD_RULE, rules, PATH_BENEATH, rule, 0)
    call(libc.prctl, NO_NEW_PRIVS, 1, 0, 0, 0)
    call(libc.syscall, RESTRICT_SELF, rules, 0)


def refuse_locks():
    steps = [
        (LOAD_NUMBER, 0, 0, 0),
        (IF_EQUAL, 0, 1, FLOCK[platform.machine()]),
        (RETURN, 0, 0, FAIL | errno.ENOLCK),
        (RETURN, 0, 0, ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    call(libc.prctl, NO_NEW_PRIVS, 1, 0, 0, 0)
    call(libc.prctl, SET_SECCOMP, FILTER, program, 0, 0)


end = sys.argv.index("--")
if sys.argv[1] == "programs":
    allow_programs(sys.argv[2:end])
else:
    refuse_locks()
os.execvp(sys.argv[end + 1], sys.argv[end + 1 :])
