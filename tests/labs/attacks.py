"""What a learner's program tries in order to get out, to take, or to flood: one function each.

`run_all` runs inside a learner's server, where each attempt must get nothing; then outside as a
control, where it must get something, so that an attempt which is merely broken is noticed. An
attempt returns what it got; nothing or an exception means that it was refused.
"""

import contextlib
import ctypes
import errno
import http.client
import json
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
HUB_SOCKET = "/run/hub/hub.sock"
NEWNS, NEWUTS, NEWUSER, NEWPID = 0x20000, 0x4000000, 0x10000000, 0x20000000
REFUSED = {errno.EPERM, errno.ENOSYS, errno.EACCES, errno.EAFNOSUPPORT}

# whose rights the control takes: any user of the machine, the user that the Hub runs as (so do the
# servers of a stock JupyterHub), or nobody's, where doing it would do harm or needs the Hub's doors
USER, HUB, NONE = "user", "hub", "none"
ATTEMPTS = {}
CONTROLS = {}


def attempt(control=USER):
    def register(function):
        ATTEMPTS[function.__name__] = function
        CONTROLS[function.__name__] = control
        return function

    return register


class Targets(dict):
    __getattr__ = dict.__getitem__


T = Targets()


def call(number, *arguments):
    """The system call's result; OSError if it fails."""
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), errno.errorcode[ctypes.get_errno()])
    return f"call {number} returned {result}"


def reach(number, *arguments):
    """As `call`, for calls that would do harm: any error but a refusal shows that it got through."""
    try:
        return call(number, *arguments)
    except OSError as error:
        if error.errno in REFUSED:
            raise
        return f"call {number} got as far as {errno.errorcode[error.errno]}"


def in_child(function):
    """What `function` got, in a process of its own that the attempt may spoil."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            os.write(writing, str(function() or "").encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        got = pipe.read()
    os.waitpid(pid, 0)
    return got


def dial(host, port, family=socket.AF_INET):
    with socket.socket(family) as client:
        client.settimeout(2)
        client.connect((host, port))
    return f"connected to {host}:{port}"


def dial_unix(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        client.connect(path)
    return f"connected to {path!r}"


def route_to(host, port, family=socket.AF_INET):
    """Whether a datagram to `host` would leave the machine; none is sent."""
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.connect((host, port))
        return f"a way from {client.getsockname()[0]} to {host}"


def write_in(folder):
    path = Path(folder, f"evil-{os.getpid()}")
    path.write_text("x")
    path.unlink()
    return f"wrote {path}"


def open_device(name):
    os.close(os.open(f"/dev/{name}", os.O_RDWR | os.O_NONBLOCK))
    return f"opened /dev/{name}"


# -- files of others and of the platform


@attempt(HUB)
def read_another_home():
    return Path(T.other_home, "work.txt").read_text()


@attempt(HUB)
def list_other_homes():
    return [path.name for path in Path(T.other_home).parent.iterdir()]


@attempt(HUB)
def write_another_home():
    return write_in(T.other_home)


@attempt(HUB)
def link_to_another_home():
    link = Path(T.scratch, "link")
    link.unlink(missing_ok=True)
    link.symlink_to(T.other_home)
    return Path(link, "work.txt").read_text()


@attempt(HUB)
def hard_link_to_another_file():
    link = Path(T.scratch, "hard")
    link.unlink(missing_ok=True)
    link.hardlink_to(Path(T.other_home, "work.txt"))
    return link.read_text()


@attempt(HUB)
def rename_another_home():
    source = Path(T.other_home)
    source.rename(f"{source}.moved")
    Path(f"{source}.moved").rename(source)
    return "moved, and back"


@attempt(HUB)
def read_platform_database():
    return Path(T.database).read_bytes()[:16]


@attempt(HUB)
def read_hub_database():
    return Path(T.hub_state, "jupyterhub.sqlite").read_bytes()[:16]


@attempt(HUB)
def read_hub_cookie_secret():
    return Path(T.hub_state, "cookie_secret").read_text()


@attempt(HUB)
def read_hub_service_token():
    return Path(T.hub_state, "service_token").read_text()


@attempt(HUB)
def read_hub_client_secret():
    return Path(T.hub_state, "client_secret").read_text()


@attempt(HUB)
def read_proxy_token():
    return Path(T.hub_state, "proxy_token").read_text()


@attempt(HUB)
def read_hub_settings():
    return Path(T.hub_state, "hub.json").read_text()


@attempt(HUB)
def read_signing_key():
    return Path(T.signing_key).read_text()


@attempt(HUB)
def widen_own_grant():
    path = Path(T.grants, f"{T.user}.json")
    path.write_text(path.read_text())
    return "written"


@attempt(HUB)
def grant_to_another():
    return write_in(T.grants)


@attempt(HUB)
def read_release_master():
    return Path(T.master).read_text()


@attempt(HUB)
def read_product_source():
    return Path(T.product, "labs", "hub", "spawner.py").read_text()


@attempt(HUB)
def read_server_log():
    return Path(T.servers, T.user, "running.json").read_text()


@attempt(HUB)
def read_platform_log():
    return Path(T.log).read_text()[:80]


@attempt(HUB)
def read_shadow():
    return Path("/etc/shadow").read_text()[:20]


@attempt()
def read_machine_identity():
    return [p for p in ("/etc/machine-id", "/etc/hostname", "/etc/fstab") if Path(p).exists()]


@attempt()
def read_temporary_files_of_others():
    return Path(T.temporary).read_text()


@attempt()
def list_what_is_not_ours():
    return [path for path in ("/srv", "/var", "/boot", "/mnt", "/media") if Path(path).exists()]


@attempt(HUB)
def list_root_home():
    return [path.name for path in Path("/root").iterdir() if path.name != ".pyenv"]


@attempt(HUB)
def leave_by_proc_root():
    for pid in (1, T.victim):
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/root/{T.database}").read_bytes()[:16]
    return None


@attempt(HUB)
def leave_by_parent_folder():
    return Path(f"/proc/{os.getppid()}/cwd/../../../..{T.database}").read_bytes()[:16]


@attempt()
def leave_by_parent_of_root():
    return Path(f"/../../..{T.temporary}").read_text()


# -- secrets in processes


@attempt(HUB)
def read_environments():
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if b"PLATFORM_SECRET" in path.read_bytes():
                found.append(str(path))
    return found


@attempt(HUB)
def platform_secrets_in_own_environment():
    return [name for name in os.environ if name.startswith(("LMS_", "PLATFORM_", "CONFIGPROXY"))]


@attempt()
def see_other_processes():
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            text = path.read_text()
            if T.marker in text and "attacks.py" not in text:
                found.append(str(path))
    return found


@attempt(HUB)
def read_memory_of_others():
    with Path(f"/proc/{T.victim}/maps").open() as maps:
        start = int(
            next(line for line in maps if "[heap]" in line or "r" in line).split("-")[0], 16
        )
    with Path(f"/proc/{T.victim}/mem").open("rb", buffering=0) as memory:
        memory.seek(start)
        return memory.read(8)


@attempt(NONE)
def token_in_a_command_line():
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if b"TOKEN=" in path.read_bytes():
                return str(path)
    return None


# -- the kernel's and the machine's faces


@attempt()
def read_kernel_symbols():
    return Path("/proc/kallsyms").read_text()[:40]


@attempt(HUB)
def read_kernel_memory():
    with Path("/proc/kcore").open("rb") as file:
        return file.read(4)


@attempt(HUB)
def read_kernel_log():
    return call(103 if X86 else 116, 10, None, 0)


@attempt()
def read_keys():
    return Path("/proc/key-users").read_text()


@attempt(HUB)
def read_timers():
    return Path("/proc/timer_list").read_text()[:20]


@attempt()
def read_kernel_command_line():
    return Path("/proc/cmdline").read_text()


@attempt()
def read_kernel_configuration():
    return Path("/proc/config.gz").read_bytes()[:4] or None


@attempt()
def read_sys():
    return [path.name for path in Path("/sys").iterdir()]


@attempt()
def see_control_groups():
    return [path.name for path in Path("/sys/fs/cgroup").iterdir()]


@attempt(HUB)
def leave_control_group():
    path = next(Path("/sys/fs/cgroup").glob("**/cgroup.procs"))
    with path.open("w"):
        return f"opened {path}"


@attempt()
def see_interrupts():
    return [path.name for path in Path("/proc/irq").iterdir()]


@attempt()
def see_network_cards():
    return [name for _number, name in socket.if_nameindex() if name != "lo"]


@attempt()
def see_connections_of_the_machine():
    return f":{T.port:04X} " in Path("/proc/net/tcp").read_text()


@attempt(HUB)
def open_block_device():
    names = [path.name for path in Path("/dev").glob("*") if path.is_block_device()]
    os.close(os.open(f"/dev/{names[0]}", os.O_RDONLY))
    return names


@attempt(HUB)
def open_kernel_messages():
    return open_device("kmsg")


@attempt(HUB)
def open_loop_control():
    return open_device("loop-control")


@attempt(HUB)
def open_fuse():
    return open_device("fuse")


@attempt(HUB)
def open_tunnel():
    return open_device("net/tun")


@attempt(HUB)
def make_device_node():
    path = Path(T.scratch, "node")
    path.unlink(missing_ok=True)
    os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))
    path.unlink()
    return "made a device"


# -- the network


@attempt()
def dial_platform_port():
    return dial("127.0.0.1", T.port)


@attempt(HUB)
def dial_site():
    return dial("127.0.0.1", T.site)


@attempt(HUB)
def dial_proxy():
    return dial("127.0.0.1", T.proxy)


@attempt()
def dial_by_outward_address():
    return dial(T.address, T.port)


@attempt()
def dial_all_local_addresses():
    return [dial(f"127.0.0.{last}", T.port) for last in (1, 2)]


@attempt()
def way_to_the_internet():
    return route_to("1.1.1.1", 443)


@attempt()
def way_to_cloud_metadata():
    return route_to("169.254.169.254", 80)


@attempt()
def way_to_the_local_network():
    return route_to("10.0.0.1", 80)


@attempt()
def way_to_a_name_server():
    return route_to("8.8.8.8", 53)


@attempt()
def read_name_server():
    return Path("/etc/resolv.conf").read_text()


@attempt()
def send_broadcast():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        client.connect(("255.255.255.255", 9))
        return client.getsockname()[0]


@attempt()
def dial_abstract_socket():
    return dial_unix("\0" + T.abstract)


@attempt()
def dial_socket_of_a_service():
    return dial_unix(T.service_socket)


@attempt(HUB)
def dial_proxy_api():
    return dial_unix(T.proxy_socket)


@attempt(HUB)
def dial_hub_itself():
    return dial_unix(T.hub_socket)


@attempt(HUB)
def dial_another_server():
    return dial_unix(f"{T.servers}/{T.other}/server.sock")


@attempt(HUB)
def replace_own_socket():
    return write_in(f"{T.servers}/{T.user}")


@attempt(HUB)
def replace_hub_socket():
    path = Path(HUB_SOCKET if Path(HUB_SOCKET).exists() else T.gate_socket)
    path.rename(f"{path}.moved")
    Path(f"{path}.moved").rename(path)
    return "moved, and back"


@attempt(HUB)
def write_beside_hub_socket():
    return write_in("/run/hub" if Path("/run/hub").exists() else Path(T.gate_socket).parent)


@attempt(NONE)  # the machine may have no such device
def open_vsock():
    return str(socket.socket(40, socket.SOCK_STREAM))


@attempt(HUB)
def open_packet_socket():
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW):
        return "sees every packet"


@attempt(HUB)
def open_raw_socket():
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, 1):
        return "sends any packet"


@attempt()
def open_kernel_event_socket():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15):
        return "hears the kernel's events"


@attempt()
def open_generic_netlink():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16):
        return "speaks to drivers"


@attempt()
def open_packet_filter_netlink():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12):
        return "speaks to the packet filter"


@attempt()
def open_crypto_socket():
    with socket.socket(38, socket.SOCK_SEQPACKET):
        return "AF_ALG"


@attempt(HUB)
def open_key_socket():
    with socket.socket(15, socket.SOCK_RAW, 2):
        return "AF_KEY"


@attempt(HUB)
def add_network_address():
    with socket.socket() as any_socket:
        import fcntl

        name = struct.pack("16sH", b"lo", socket.AF_INET)
        request = name + bytes(2) + socket.inet_aton("127.0.0.1") + bytes(8)
        fcntl.ioctl(any_socket, 0x8916, request)  # the address that it has
    return "set an address"


# -- what was inherited


@attempt(NONE)  # the control would have to be started by the Hub
def hold_files_of_the_machine():
    links = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            links.append(str(link.readlink()))
    fine = (
        "/dev/",
        "/proc/",
        "/tmp/",  # noqa: S108
        "/home/learner",
        "pipe:",
        "anon_inode:",
        "socket:",
        "/memfd:",
    )
    own = tuple({sys.prefix, "/usr"})
    return [link for link in links if not link.startswith((*fine, *own))]


@attempt(NONE)
def push_into_a_terminal():
    import fcntl

    fd = os.open("/dev/tty", os.O_RDWR)
    fcntl.ioctl(fd, 0x5412, b"x")
    return "pushed"


# -- system calls


@attempt()
def trace_a_process():
    return in_child(lambda: call(101 if X86 else 117, 0, 0, 0, 0))


@attempt()
def read_memory_by_call():
    text = ctypes.create_string_buffer(b"secret")
    into = ctypes.create_string_buffer(6)
    local = (ctypes.c_void_p * 2)(ctypes.addressof(into), 6)
    remote = (ctypes.c_void_p * 2)(ctypes.addressof(text), 6)
    return call(310 if X86 else 270, os.getpid(), local, 1, remote, 1, 0)


@attempt()
def take_a_descriptor_of_another():
    reading, _writing = os.pipe()
    own = os.pidfd_open(os.getpid())
    return call(438, own, reading, 0)


@attempt()
def compare_with_another():
    return call(312 if X86 else 272, os.getpid(), os.getpid(), 0, 0, 0)


@attempt()
def make_user_namespace():
    return in_child(lambda: call(272 if X86 else 97, NEWUSER))


@attempt()
def make_user_and_mount_namespace():
    return in_child(lambda: call(272 if X86 else 97, NEWUSER | NEWNS))


@attempt(HUB)
def make_mount_namespace():
    return in_child(lambda: call(272 if X86 else 97, NEWNS))


@attempt(HUB)
def make_network_namespace():
    return in_child(lambda: call(272 if X86 else 97, 0x40000000))


@attempt()
def clone_user_namespace():
    def clone():
        got = libc.syscall(ctypes.c_long(56 if X86 else 220), NEWUSER | signal.SIGCHLD, 0, 0, 0, 0)
        if got == 0:
            os._exit(0)
        return got if got > 0 else None

    return in_child(clone)


@attempt()
def clone3_user_namespace():
    def clone3():
        arguments = struct.pack("8Q", NEWUSER, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
        got = libc.syscall(ctypes.c_long(435), arguments, ctypes.c_size_t(len(arguments)))
        if got == 0:
            os._exit(0)
        return got if got > 0 else None

    return in_child(clone3)


@attempt()
def unshare_by_program():
    done = subprocess.run(
        ["/usr/bin/unshare", "-Ur", "/usr/bin/id", "-u"], capture_output=True, check=True, text=True
    )
    return done.stdout


@attempt(HUB)
def join_a_namespace():
    def join():
        fd = os.open("/proc/self/ns/uts", os.O_RDONLY)
        return call(308 if X86 else 268, fd, 0)

    return in_child(join)


@attempt()
def mount_in_own_namespace():
    def mount():
        call(272 if X86 else 97, NEWUSER | NEWNS)
        return call(165 if X86 else 40, b"none", b"/tmp", b"tmpfs", 0, None)

    return in_child(mount)


@attempt(HUB)
def mount_at_once():
    return reach(165 if X86 else 40, b"none", b"/no/such/place", b"tmpfs", 0, None)


@attempt(HUB)
def remount_writable():
    return reach(165 if X86 else 40, None, b"/no/such/place", None, 0x20 | 0x1000, None)


@attempt(HUB)
def unmount():
    return reach(166 if X86 else 39, b"/no/such/place", 0)


@attempt(HUB)
def pivot_root():
    return reach(155 if X86 else 41, b"/no/such/place", b"/no/such/place")


@attempt(HUB)
def change_root():
    return in_child(lambda: call(161 if X86 else 51, b"."))


@attempt(HUB)
def open_file_system():
    return call(430, b"tmpfs", 0)


@attempt(HUB)
def open_tree():
    return call(428, -100, b"/", 1)


@attempt(HUB)
def change_mounts():
    return reach(442, -100, b"/no/such/place", 0, None, 0)


@attempt()
def name_a_file_handle():
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
    mount_id = ctypes.c_int()
    place = str(T.scratch).encode()
    return call(303 if X86 else 264, -100, place, handle, ctypes.byref(mount_id), 0)


@attempt(HUB)
def open_a_file_by_handle():
    handle = ctypes.create_string_buffer(struct.pack("Ii", 8, 1) + struct.pack("II", 2, 0))
    return reach(304 if X86 else 265, -100, handle, 0)


@attempt()
def use_keyring():
    return call(250 if X86 else 219, 0, -3, 0, 0, 0)


@attempt()
def add_key():
    return call(248 if X86 else 217, b"user", b"labs", b"x", ctypes.c_size_t(1), -3)


@attempt()
def request_key():
    return reach(249 if X86 else 218, b"user", b"no-such-key", None, 0)


@attempt(HUB)
def load_bpf():
    attributes = struct.pack("4I", 2, 4, 4, 1) + bytes(112)
    return call(321 if X86 else 280, 0, attributes, len(attributes))


@attempt()
def use_io_uring():
    return call(425, 4, ctypes.create_string_buffer(248))


@attempt()
def handle_page_faults():
    return call(323 if X86 else 282, 1)


@attempt(HUB)
def watch_performance():
    attributes = ctypes.create_string_buffer(struct.pack("IIQ", 1, 128, 0) + bytes(112))
    return call(298 if X86 else 241, attributes, 0, -1, -1, ctypes.c_ulong(0))


@attempt(HUB)
def watch_all_files():
    return call(300 if X86 else 262, 0, 0)


@attempt()
def turn_off_address_randomness():
    return in_child(lambda: call(135 if X86 else 92, 0x0040000))


@attempt(HUB)
def load_a_kernel_module():
    return reach(175 if X86 else 105, None, 0, None)


@attempt(HUB)
def unload_a_kernel_module():
    return reach(176 if X86 else 106, b"no-such-module", 0)


@attempt(HUB)
def replace_the_kernel():
    return reach(246 if X86 else 104, 0, ctypes.c_ulong(1), None, ctypes.c_ulong(1 << 30))


@attempt(HUB)
def reboot():
    return reach(169 if X86 else 142, 1, 2, 3, None)


@attempt(HUB)
def swap():
    return reach(167 if X86 else 224, b"/no/such/place", 0)


@attempt(HUB)
def set_the_clock():
    return reach(227 if X86 else 112, 0, None)


@attempt()
def adjust_the_clock():
    return call(305 if X86 else 266, 0, ctypes.create_string_buffer(256))


@attempt(HUB)
def name_the_machine():
    return reach(170 if X86 else 161, None, 5)


@attempt()
def open_message_queue():
    name = f"labs-{os.getpid()}".encode()
    got = call(240 if X86 else 180, name, os.O_CREAT | os.O_RDWR, 0o600, None)
    libc.syscall(ctypes.c_long(241 if X86 else 181), name)
    return got


@attempt()
def attach_shared_memory():
    number = libc.shmget(T.shared, 0, 0)
    return f"segment {number}" if number >= 0 else None


@attempt(NONE)  # most kernels are built without
def use_old_system_calls():
    """The 32-bit door of x86: getpid by its other number."""
    if not X86:
        return None
    return call(0x40000000 + 39)


# -- rights


@attempt(HUB)
def become_root():
    os.setuid(0)
    return os.getuid() == 0


@attempt()
def become_root_by_program():
    done = subprocess.run([T.setuid, "-u"], capture_output=True, check=True, text=True)
    return done.stdout.strip() == "0"


@attempt(HUB)
def hold_capabilities():
    status = Path("/proc/self/status").read_text().splitlines()
    names = ("CapEff", "CapPrm", "CapBnd")
    return [line for line in status if line.startswith(names) and int(line.split()[1], 16)]


@attempt()
def gain_rights_by_programs():
    return "NoNewPrivs:\t0" in Path("/proc/self/status").read_text()


@attempt()
def run_without_a_filter():
    return "Seccomp:\t0" in Path("/proc/self/status").read_text()


@attempt(HUB)
def raise_own_limits():
    def raised():
        resource.setrlimit(resource.RLIMIT_NOFILE, (500, 500))
        resource.setrlimit(resource.RLIMIT_NOFILE, (500, 501))
        return "raised"

    return in_child(raised)


@attempt(HUB)
def be_spared_when_memory_is_short():
    def spared():
        Path("/proc/self/oom_score_adj").write_text("-900")
        return Path("/proc/self/oom_score_adj").read_text().startswith("-900")

    return in_child(spared)


@attempt(HUB)
def be_first_at_the_processor():
    return in_child(lambda: os.nice(-1) < os.getpriority(os.PRIO_PROCESS, os.getppid()))


@attempt(HUB)
def run_in_real_time():
    def real():
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
        return "real time"

    return in_child(real)


# -- writing where it would last


@attempt(HUB)
def write_into_the_environment():
    return write_in(sys.prefix)


@attempt(HUB)
def write_into_its_packages():
    return write_in(Path(os.__file__).parent)


@attempt(HUB)
def write_into_the_system():
    return [write_in(folder) for folder in ("/usr", "/usr/bin")]


@attempt(HUB)
def write_into_etc():
    return write_in("/etc")


@attempt(HUB)
def write_into_root():
    return write_in("/")


@attempt(HUB)
def write_into_dev():
    return write_in("/dev")


@attempt(HUB)
def write_into_run():
    return write_in("/run")


@attempt(HUB)
def write_into_the_folder_of_homes():
    return write_in("/home")


@attempt(HUB)
def write_into_the_platforms_part():
    return write_in("/opt/labs" if Path("/opt/labs").exists() else Path(T.product, "labs"))


@attempt(HUB)
def change_the_kernel():
    path = Path("/proc/sys/kernel/core_pattern")
    path.write_text(path.read_text())
    return "written"


@attempt(HUB)
def press_the_magic_key():
    path = Path("/proc/sysrq-trigger")
    fd = os.open(path, os.O_WRONLY)
    os.close(fd)
    return "could press"


# -- harm to other processes


@attempt(HUB)
def signal_another_process():
    os.kill(T.victim, 0)
    return "could signal"


@attempt(HUB)
def signal_another_group():
    os.killpg(T.victim, 0)
    return "could signal"


@attempt()
def hold_another_process():
    return os.pidfd_open(T.victim)


@attempt(HUB)
def slow_another_process():
    os.setpriority(os.PRIO_PROCESS, T.victim, os.getpriority(os.PRIO_PROCESS, T.victim))
    return "set its priority"


@attempt(HUB)
def move_another_process():
    os.sched_setaffinity(T.victim, os.sched_getaffinity(T.victim))
    return "chose its processors"


# -- the Hub's doors, with the server's own token


def hub(method, path, body=None):
    class Connection(http.client.HTTPConnection):
        def connect(self):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(10)
            self.sock.connect(T.gate_socket if not Path(HUB_SOCKET).exists() else HUB_SOCKET)

    connection = Connection("hub")
    token = os.environ["JUPYTERHUB_API_TOKEN"]
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    text = None if body is None else json.dumps(body)
    connection.request(method, f"/hub{path}", body=text, headers=headers)
    answer = connection.getresponse()
    return f"{answer.status} {answer.read()[:60]}" if answer.status < 400 else None


def at_the_hub(name, method, path, body=None):
    attempt(NONE)(_named(name, lambda: hub(method, path.format(**T), body)))


def _named(name, function):
    function.__name__ = name
    return function


at_the_hub("hub_list_users", "GET", "/api/users")
at_the_hub("hub_read_another_user", "GET", "/api/users/{other}")
at_the_hub("hub_start_another_server", "POST", "/api/users/{other}/server")
at_the_hub("hub_stop_another_server", "DELETE", "/api/users/{other}/server")
at_the_hub("hub_token_of_another", "POST", "/api/users/{other}/tokens", {})
at_the_hub("hub_wider_token_of_own", "POST", "/api/users/{user}/tokens", {"scopes": ["self"]})
at_the_hub("hub_list_own_tokens", "GET", "/api/users/{user}/tokens")
at_the_hub("hub_activity_of_another", "POST", "/api/users/{other}/activity", {"servers": {}})
at_the_hub("hub_second_server", "POST", "/api/users/{user}/servers/two")
at_the_hub("hub_stop_own_server", "DELETE", "/api/users/{user}/server")
at_the_hub("hub_become_admin", "PATCH", "/api/users/{user}", {"admin": True})
at_the_hub("hub_rename_oneself", "PATCH", "/api/users/{user}", {"name": "admin"})
at_the_hub("hub_create_user", "POST", "/api/users/l000000000000")
at_the_hub("hub_delete_another", "DELETE", "/api/users/{other}")
at_the_hub("hub_read_routes", "GET", "/api/proxy")
at_the_hub("hub_turn_routes", "PATCH", "/api/proxy", {"port": 1})
at_the_hub("hub_list_services", "GET", "/api/services")
at_the_hub("hub_list_groups", "GET", "/api/groups")
at_the_hub("hub_make_group", "POST", "/api/groups/admins")
at_the_hub("hub_share_with_another", "POST", "/api/shares/{other}/", {"user": "{user}"})
at_the_hub("hub_shut_down", "POST", "/api/shutdown", {"proxy": True, "servers": True})
at_the_hub("hub_read_metrics", "GET", "/metrics")
at_the_hub("hub_read_information", "GET", "/api/info")
at_the_hub("hub_admin_page", "GET", "/admin")
at_the_hub("hub_token_page", "GET", "/token")
at_the_hub("hub_start_page_of_another", "GET", "/spawn/{other}")
at_the_hub("hub_climb_out_of_the_allowed", "GET", "/api/user/../users")
at_the_hub("hub_encoded_way", "GET", "/api/user%2f..%2fusers")


@attempt(NONE)
def hub_hide_a_request_in_another():
    """Two requests where the first says that it is longer than it looks."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(T.gate_socket if not Path(HUB_SOCKET).exists() else HUB_SOCKET)
        token = os.environ["JUPYTERHUB_API_TOKEN"]
        inner = f"GET /hub/api/users HTTP/1.1\r\nHost: hub\r\nAuthorization: token {token}\r\n\r\n"
        client.sendall(
            b"GET /hub/api/ HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Length: 4\r\n\r\n0\r\n\r\n" + inner.encode()
        )
        answer = b""
        with contextlib.suppress(TimeoutError, OSError):
            while part := client.recv(4096):
                answer += part
    return answer.count(b"HTTP/1.1") > 1 or b'"kind"' in answer


# -- floods


@attempt()
def fork_without_end():
    children = []
    try:
        for _ in range(T.processes + 50):
            pid = os.fork()
            if pid == 0:
                signal.pause()
                os._exit(0)
            children.append(pid)
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return f"{len(children)} processes"


@attempt()
def start_threads_without_end():
    def start():
        threading.stack_size(65536)
        end = threading.Event()
        for _ in range(T.processes + 50):
            threading.Thread(target=end.wait, daemon=True).start()
        return f"{threading.active_count()} threads"

    return in_child(start)


@attempt()
def take_all_memory():
    def take():
        with mmap.mmap(-1, (T.memory_mb + 64) << 20) as memory:
            for at in range(0, len(memory), mmap.PAGESIZE):
                memory[at] = 1
            return f"{len(memory) >> 20} MB"

    return in_child(take)


@attempt()
def take_all_memory_by_many():
    """Many processes, each of them small."""
    share = (T.memory_mb + 64) // 4

    def take(level):
        memory = mmap.mmap(-1, share << 20)
        for at in range(0, len(memory), mmap.PAGESIZE):
            memory[at] = 1
        return in_child(lambda: take(level - 1)) if level else f"{share * 4} MB in four"

    return in_child(lambda: take(3))


@attempt(HUB)
def lock_memory():
    def lock():
        memory = mmap.mmap(-1, 8 << 20)
        address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(8 << 20)):
            raise OSError(ctypes.get_errno(), "mlock")
        return "8 MB locked"

    return in_child(lock)


@attempt()
def make_a_huge_file():
    path = Path(T.scratch, "huge")
    try:
        with path.open("wb") as file:
            file.truncate(10 << 30)
        return path.stat().st_size >= 10 << 30
    finally:
        path.unlink(missing_ok=True)


def fill(folder, megabytes):
    path = Path(folder, f"fill-{os.getpid()}")
    try:
        with path.open("wb", buffering=0) as file:
            for _ in range(megabytes):
                if file.write(bytes(1 << 20)) < 1 << 20:
                    return None
        return f"{megabytes} MB in {folder}"
    finally:
        path.unlink(missing_ok=True)


@attempt()
def fill_temporary_files():
    return fill("/tmp", T.temporary_mb + 1)  # noqa: S108


@attempt()
def fill_shared_memory():
    return fill("/dev/shm", T.temporary_mb + 1)  # noqa: S108


@attempt(HUB)
def fill_run():
    return fill("/run", 2)


@attempt(HUB)
def write_a_long_log():
    """Where a kernel's own standard output goes."""
    path = "/tmp/jupyter/server.log" if T.is_inside else Path(T.scratch, "log")  # noqa: S108
    with Path(path).open("ab", buffering=0) as file:
        size = file.tell()
        try:
            for _ in range(T.temporary_mb + 1):
                if file.write(bytes(1 << 20)) < 1 << 20:
                    return None
        finally:
            file.truncate(size)
    return f"{T.temporary_mb + 1} MB"


@attempt()
def dump_core():
    return resource.getrlimit(resource.RLIMIT_CORE)[1] != 0


@attempt(HUB)
def open_files_without_end():
    def opened():
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        for _ in range(5000):
            os.dup(0)
        return "5000 files"

    return in_child(opened)


@attempt()
def take_all_processors():
    """More than 1.4 of them; where the machine is busy the control counts what it was promised."""
    if not T.is_inside:
        return f"{os.cpu_count()} processors" if os.cpu_count() > 1 else None
    code = "import time\nend = time.monotonic() + 1.2\nwhile time.monotonic() < end: pass"
    before, began = os.times(), time.monotonic()
    busy = [subprocess.Popen([sys.executable, "-S", "-c", code]) for _ in range(3)]
    for process in busy:
        process.wait()
    after = os.times()
    used = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    cores = used / (time.monotonic() - began)
    return f"{cores:.1f} processors" if cores > 1.4 else None


@attempt(NONE)
def flood_the_hub():
    """As many connections as can be had: the gate keeps few of them."""
    clients = []
    try:
        for _ in range(300):
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(2)
            client.connect(T.gate_socket if not Path(HUB_SOCKET).exists() else HUB_SOCKET)
            clients.append(client)
        time.sleep(0.5)
        opened = 0
        for client in clients:
            client.settimeout(0)
            try:
                opened += client.recv(1) != b""
            except BlockingIOError:
                opened += 1
            except OSError:
                pass
        return f"{opened} connections" if opened > 64 else None
    finally:
        for client in clients:
            client.close()


@attempt(NONE)
def hurry_the_hub():
    """More requests a second than a server needs."""
    answers = []

    def ask():
        for _ in range(20):
            with contextlib.suppress(OSError, http.client.HTTPException):
                answers.append(hub("GET", "/api/"))

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(10)]
    for thread in threads:
        thread.start()
    time.sleep(3)
    answered = sum(1 for answer in answers if answer)
    return f"{answered} answers in 3 s" if answered > 100 else None


def run_all(targets, names=None):
    """What each attempt got, by name; "" if nothing."""
    T.update(targets)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that is too large is then an error
    results = {}
    for name, function in ATTEMPTS.items():
        if names is not None and name not in names:
            continue
        try:
            got = function()
        except Exception:  # noqa: BLE001 - refused, in whatever way
            got = ""
        results[name] = str(got)[:120] if got else ""
        print(json.dumps([name, results[name]]), flush=True)
    return results


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    if "become" in given:
        os.setgroups([])
        os.setresgid(given["become"], given["become"], given["become"])
        os.setresuid(given["become"], given["become"], given["become"])
        libc.prctl(4, 1, 0, 0, 0)  # as after a start of its own
    run_all(given, given.get("names"))
    os._exit(0)
