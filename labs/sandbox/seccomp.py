"""The system call filter of a sandbox, assembled by hand as classic BPF: no libseccomp needed.

It refuses calls that a notebook never makes and that have opened holes in kernels before, new
namespaces, and every socket family but those named.
"""

import os
import platform
import struct
from dataclasses import dataclass

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
NETLINK_ROUTE = 0

EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000

LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# where struct seccomp_data keeps them
NUMBER, ARCHITECTURE, ARGUMENT_0, ARGUMENT_2 = 0, 4, 16, 32

# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
NEW_NAMESPACES = 0x7E020000
X32_CALLS = 0x40000000


@dataclass(frozen=True)
class Machine:
    audit_architecture: int
    socket: int
    clone: int
    clone3: int
    has_x32: bool
    refused: tuple[int, ...]


# Numbers that all architectures share since Linux 5.1.
NEWER_CALLS = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_getfd": 438,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "statmount": 457,
    "listmount": 458,
    "lsm_set_self_attr": 460,
}
X86_64_CALLS = {
    "ptrace": 101,
    "syslog": 103,
    "personality": 135,
    "vhangup": 153,
    "pivot_root": 155,
    "chroot": 161,
    "acct": 163,
    "settimeofday": 164,
    "mount": 165,
    "umount2": 166,
    "swapon": 167,
    "swapoff": 168,
    "reboot": 169,
    "iopl": 172,
    "ioperm": 173,
    "init_module": 175,
    "delete_module": 176,
    "quotactl": 179,
    "nfsservctl": 180,
    "lookup_dcookie": 212,
    "clock_settime": 227,
    "mbind": 237,
    "set_mempolicy": 238,
    "mq_open": 240,
    "kexec_load": 246,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "unshare": 272,
    "move_pages": 279,
    "perf_event_open": 298,
    "fanotify_init": 300,
    "name_to_handle_at": 303,
    "open_by_handle_at": 304,
    "clock_adjtime": 305,
    "setns": 308,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "kcmp": 312,
    "finit_module": 313,
    "kexec_file_load": 320,
    "bpf": 321,
    "userfaultfd": 323,
}
AARCH64_CALLS = {
    "umount2": 39,
    "mount": 40,
    "pivot_root": 41,
    "chroot": 51,
    "vhangup": 58,
    "quotactl": 60,
    "acct": 89,
    "personality": 92,
    "unshare": 97,
    "kexec_load": 104,
    "init_module": 105,
    "delete_module": 106,
    "clock_settime": 112,
    "syslog": 116,
    "ptrace": 117,
    "reboot": 142,
    "settimeofday": 170,
    "mq_open": 180,
    "add_key": 217,
    "request_key": 218,
    "keyctl": 219,
    "swapon": 224,
    "swapoff": 225,
    "perf_event_open": 241,
    "fanotify_init": 262,
    "name_to_handle_at": 264,
    "open_by_handle_at": 265,
    "clock_adjtime": 266,
    "setns": 268,
    "process_vm_readv": 270,
    "process_vm_writev": 271,
    "kcmp": 272,
    "finit_module": 273,
    "bpf": 280,
    "userfaultfd": 282,
    "kexec_file_load": 294,
}


def _refused(calls):
    return tuple(sorted({**calls, **NEWER_CALLS}.values()))


MACHINES = {
    "x86_64": Machine(0xC000003E, 41, 56, 435, has_x32=True, refused=_refused(X86_64_CALLS)),
    "aarch64": Machine(0xC00000B7, 198, 220, 435, has_x32=False, refused=_refused(AARCH64_CALLS)),
}


def _fail(error):
    return RETURN, 0, 0, 0x00050000 | error


def build_filter(families=(AF_UNIX,), machine=None):
    """The filter as bytes for the kernel; `families` are the socket families left open.

    AF_VSOCK must never be among them: a network namespace does not hold it.
    """
    machine = machine or MACHINES[platform.machine()]
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (IF_EQUAL, 1, 0, machine.audit_architecture),
        (RETURN, 0, 0, KILL_PROCESS),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine.has_x32:
        steps += [(IF_AT_LEAST, 0, 1, X32_CALLS), _fail(ENOSYS)]
    # clone3 keeps its flags behind a pointer, which a filter cannot follow; without it, libc
    # falls back to clone.
    steps += [(IF_EQUAL, 0, 1, machine.clone3), _fail(ENOSYS)]
    steps += [
        (IF_EQUAL, 0, 3, machine.clone),
        (LOAD, 0, 0, ARGUMENT_0),
        (IF_ANY_BIT, 0, 1, NEW_NAMESPACES),
        _fail(EPERM),
        (LOAD, 0, 0, NUMBER),
    ]
    steps += _socket_steps(machine.socket, families)
    refused = machine.refused
    steps += [
        (IF_EQUAL, len(refused) - position, 0, number) for position, number in enumerate(refused)
    ]
    steps += [(RETURN, 0, 0, ALLOW), _fail(EPERM)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _socket_steps(socket_call, families):
    count = len(families)
    allowed = [
        (IF_EQUAL, count - position + 4, 0, family) for position, family in enumerate(families)
    ]
    return [
        (IF_EQUAL, 0, count + 7, socket_call),
        (LOAD, 0, 0, ARGUMENT_0),
        *allowed,
        # libzmq asks NETLINK_ROUTE for the list of interfaces; the other protocols stay shut.
        (IF_EQUAL, 0, 2, AF_NETLINK),
        (LOAD, 0, 0, ARGUMENT_2),
        (IF_EQUAL, 2, 0, NETLINK_ROUTE),
        _fail(EAFNOSUPPORT),
        _fail(EAFNOSUPPORT),
        (RETURN, 0, 0, ALLOW),
        (LOAD, 0, 0, NUMBER),
    ]


def filter_fd(families=(AF_UNIX,)):
    """A descriptor that bubblewrap's `--seccomp` reads the filter from."""
    fd = os.memfd_create("seccomp", 0)
    os.write(fd, build_filter(families))
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
