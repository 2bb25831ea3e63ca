"""gpio-lines.py on a kernel that is not there: `gpio-kernel.py <host:port> <settings>`.

Everything of the program runs as it is, down to the bytes of its ioctl calls; these are read here
with the structures of linux/gpio.h, and the lines are those of a simulated chip at the far end of
a socket. Debounce is done as the kernel does it: an edge counts once its level has held.
"""
import ctypes as c
import errno
import importlib.util
import json
import os
import queue
import socket
import sys
import threading
import time

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gpio-lines.py")


class Attribute(c.Structure):
    _fields_ = [("id", c.c_uint32), ("padding", c.c_uint32), ("value", c.c_uint64)]


class ConfigAttribute(c.Structure):
    _fields_ = [("attr", Attribute), ("mask", c.c_uint64)]


class Config(c.Structure):
    _fields_ = [
        ("flags", c.c_uint64),
        ("num_attrs", c.c_uint32),
        ("padding", c.c_uint32 * 5),
        ("attrs", ConfigAttribute * 10),
    ]


class Request(c.Structure):
    _fields_ = [
        ("offsets", c.c_uint32 * 64),
        ("consumer", c.c_char * 32),
        ("config", Config),
        ("num_lines", c.c_uint32),
        ("event_buffer_size", c.c_uint32),
        ("padding", c.c_uint32 * 5),
        ("fd", c.c_int32),
    ]


class Values(c.Structure):
    _fields_ = [("bits", c.c_uint64), ("mask", c.c_uint64)]


class ChipInfo(c.Structure):
    _fields_ = [("name", c.c_char * 32), ("label", c.c_char * 32), ("lines", c.c_uint32)]


class LineInfo(c.Structure):
    _fields_ = [
        ("name", c.c_char * 32),
        ("consumer", c.c_char * 32),
        ("offset", c.c_uint32),
        ("num_attrs", c.c_uint32),
        ("flags", c.c_uint64),
        ("attrs", Attribute * 10),
        ("padding", c.c_uint32 * 4),
    ]


class Event(c.Structure):
    _fields_ = [
        ("timestamp_ns", c.c_uint64),
        ("id", c.c_uint32),
        ("offset", c.c_uint32),
        ("seqno", c.c_uint32),
        ("line_seqno", c.c_uint32),
        ("padding", c.c_uint32 * 6),
    ]


def code(direction, number, structure):
    return direction << 30 | c.sizeof(structure) << 16 | 0xB4 << 8 | number


class Kernel:
    """What the program's `fcntl` is here."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.wire = socket.create_connection((host, int(port)))
        self.answers = queue.Queue()
        self.lock = threading.Lock()
        self.requests = {}
        self.levels = {}
        threading.Thread(target=self.listen, daemon=True).start()
        self.calls = {
            code(2, 0x01, ChipInfo): (ChipInfo, self.chip_info),
            code(3, 0x05, LineInfo): (LineInfo, self.line_info),
            code(3, 0x07, Request): (Request, self.request),
            code(3, 0x0E, Values): (Values, self.get_values),
            code(3, 0x0F, Values): (Values, self.set_values),
        }

    def ask(self, **question):
        self.wire.sendall((json.dumps(question) + "\n").encode())
        answer = self.answers.get()
        if "errno" in answer:
            raise OSError(getattr(errno, answer["errno"]), answer["errno"])
        return answer

    def listen(self):
        for line in self.wire.makefile():
            message = json.loads(line)
            if "line" in message:
                self.change(message["line"], message["level"])
            else:
                self.answers.put(message)
        os._exit(9)

    def change(self, offset, level):
        """A level changed outside; it is an edge once it has held for the debounce period."""
        at = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        with self.lock:
            self.levels[offset] = level
            for request in self.requests.values():
                if offset not in request["offsets"] or "events" not in request:
                    continue
                request["turn"][offset] = turn = request["turn"].get(offset, 0) + 1
                wait = request["debounce"] / 1e6
                threading.Timer(wait, self.settle, (request, offset, level, turn, at)).start()

    def settle(self, request, offset, level, turn, at):
        with self.lock:
            if request["turn"][offset] != turn or request["stable"][offset] == level:
                return
            request["stable"][offset] = level
        event = Event(timestamp_ns=at, id=1 if level else 2, offset=offset)
        request["events"].sendall(bytes(event))

    def open(self, path, *_):
        if isinstance(path, str) and path.startswith("/dev/"):
            self.ask(open=path)
            return os.dup(self.wire.fileno())
        return os_open(path, *_)

    def ioctl(self, fd, number, raw, _mutate):
        structure, call = self.calls[number]
        call(fd, structure.from_buffer(raw))

    def chip_info(self, _, info):
        info.label = self.ask(chip=True)["label"].encode()

    def line_info(self, _, info):
        holder = self.ask(info=info.offset)["holder"]
        info.consumer = holder.encode()
        info.flags = 1 if holder else 0

    def request(self, _, request):
        offsets = list(request.offsets[: request.num_lines])
        config = request.config
        values = debounce = 0
        for attribute in config.attrs[: config.num_attrs]:
            if attribute.mask != (1 << len(offsets)) - 1:
                raise OSError(errno.EINVAL, "mask")
            if attribute.attr.id == 2:
                values = attribute.attr.value
            elif attribute.attr.id == 3:
                debounce = attribute.attr.value & 0xFFFFFFFF
        levels = {str(offset): values >> at & 1 for at, offset in enumerate(offsets)}
        flags = config.flags
        # as the kernel: an output has no edges, an input no values
        if bool(flags & 4) == bool(flags & 8) or (flags & 8 and flags & 48):
            raise OSError(errno.EINVAL, "flags")
        bias = "up" if flags & 256 else "down" if flags & 512 else "none"
        asked = {"consumer": request.consumer.decode(), "request": offsets, "bias": bias}
        answer = self.ask(**asked, levels=levels if flags & 8 else None)
        mine, theirs = socket.socketpair()
        kept = {"offsets": offsets, "debounce": debounce, "turn": {}, "keep": mine}
        with self.lock:
            self.levels.update({int(at): level for at, level in answer["levels"].items()})
            if flags & 4:
                kept["events"] = mine
                kept["stable"] = {offset: self.levels[offset] for offset in offsets}
            self.requests[theirs.fileno()] = kept
        request.fd = theirs.detach()

    def get_values(self, fd, values):
        request = self.requests[fd]
        if "stable" in request:
            levels = request["stable"]
        else:
            told = self.ask(read=request["offsets"])["levels"]
            levels = {int(offset): level for offset, level in told.items()}
        values.bits = sum(levels[offset] << at for at, offset in enumerate(request["offsets"]))

    def set_values(self, fd, values):
        offsets = self.requests[fd]["offsets"]
        changed = {
            str(offset): values.bits >> at & 1
            for at, offset in enumerate(offsets)
            if values.mask >> at & 1
        }
        self.ask(set=changed)


os_open = os.open
kernel = Kernel(sys.argv.pop(1))
spec = importlib.util.spec_from_file_location("gpio_lines", PROGRAM)
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)
program.fcntl = kernel
program.glob = type("Glob", (), {"glob": staticmethod(lambda _: kernel.ask(list=True)["chips"])})
program.os = type("Os", (), {**vars(os), "open": staticmethod(kernel.open)})
sys.exit(program.main())
