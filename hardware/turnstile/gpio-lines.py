#!/usr/bin/env python3
"""Holds GPIO lines of the kernel's character device for the gateway (uAPI v2, Linux 5.10).

One argument, JSON: chip ("auto", a path or a label), outputs and inputs (offsets), off and
unlock level of each output, bias, debounce and the longest pulse. Then one JSON a line:

  in   {"set": {"17": 1}, "for": 3000}      levels; "for" milliseconds, then off again
  in   {"id": 7}                            asks for the levels of all lines
  out  {"ready": "/dev/gpiochip0", "label": "pinctrl-rp1", "levels": {"17": 0, "22": 1}}
  out  {"id": 7, "levels": {"17": 0, "22": 1}}
  out  {"edge": 22, "level": 0, "ago": 0.12}     "ago": milliseconds since the kernel saw it
  out  {"fault": "gpio-line-busy", "detail": "17 is held by spi0"}

The outputs are off from the request on. They go off, and the lines are let go, as soon as the
input ends: a gateway that dies leaves no relay on, and one that hangs no pulse too long.
"""
import errno
import fcntl
import glob
import json
import os
import select
import signal
import struct
import sys
import time

CHIPS = "/dev/gpiochip*"
# The chip that the 40 pins hang at: Pi 5, Pi 4, all before.
LABELS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
CONSUMER = b"gatehouse"
COMMAND_BYTES_MAX = 4096
LINES_MAX = 64

# linux/gpio.h
CHIPINFO, LINEINFO, GET_LINE = 0x8044B401, 0xC100B405, 0xC250B407
GET_VALUES, SET_VALUES = 0xC010B40E, 0xC010B40F
INPUT, OUTPUT, RISING, FALLING = 4, 8, 16, 32
BIASES = {"pull-up": 256, "pull-down": 512, "none": 1024}
ATTR_VALUES, ATTR_DEBOUNCE = 2, 3
EVENT = struct.Struct("=QIIII24x")
RISING_EDGE = 1
# Reasons of an errno at opening or asking, as the gateway's table of codes knows them.
FAULTS = {
    errno.ENOENT: "gpio-chip-missing",
    errno.ENODEV: "gpio-chip-missing",
    errno.EACCES: "wire-refused",
    errno.EPERM: "wire-refused",
    errno.EBUSY: "gpio-line-busy",
    errno.EINVAL: "turnstile-pin-unusable",
}


class Fault(Exception):
    """Ends the program with a code and what it is about."""


def text(raw):
    return raw.split(b"\0")[0].decode("utf8", "replace")


def say(message):
    os.write(1, (json.dumps(message) + "\n").encode())


def label_of(chip):
    raw = bytearray(68)
    fcntl.ioctl(chip, CHIPINFO, raw, True)
    return text(raw[32:64])


def open_chip(wanted):
    """The chip by path or label; `auto` takes the one that the 40 pins hang at."""
    paths = [wanted] if wanted.startswith("/") else sorted(glob.glob(CHIPS))
    labels = LABELS if wanted == "auto" else (wanted,)
    for path in paths:
        chip = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        label = label_of(chip)
        if wanted.startswith("/") or label in labels:
            return chip, path, label
        os.close(chip)
    raise Fault("gpio-chip-missing", "no %s" % (" or ".join(labels)))


def holder_of(chip, offset):
    raw = bytearray(256)
    struct.pack_into("=I", raw, 64, offset)
    fcntl.ioctl(chip, LINEINFO, raw, True)
    return text(raw[32:64])


def request(chip, offsets, flags, attribute):
    """Asks for lines. `attribute` is (id, value), for all of them."""
    raw = bytearray(592)
    struct.pack_into("=%dI" % len(offsets), raw, 0, *offsets)
    raw[256 : 256 + len(CONSUMER)] = CONSUMER
    struct.pack_into("=QI", raw, 288, flags, 1 if attribute else 0)
    if attribute:
        struct.pack_into("=IIQQ", raw, 320, attribute[0], 0, attribute[1], (1 << len(offsets)) - 1)
    struct.pack_into("=I", raw, 560, len(offsets))
    try:
        fcntl.ioctl(chip, GET_LINE, raw, True)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        held = ["%d is held by %s" % (at, holder_of(chip, at)) for at in offsets if holder_of(chip, at)]
        raise Fault("gpio-line-busy", ", ".join(held)) from error
    return struct.unpack_from("=i", raw, 588)[0]


class Lines:
    def __init__(self, chip, settings):
        self.off = {int(offset): level for offset, level in settings["outputs"].items()}
        self.outputs = list(self.off)
        self.inputs = list(settings["inputs"])
        self.longest = settings["maximum"] / 1000
        self.until = {}
        self.output_fd = self.input_fd = None
        if self.outputs:
            bits = sum(level << index for index, level in enumerate(self.off.values()))
            self.output_fd = request(chip, self.outputs, OUTPUT, (ATTR_VALUES, bits))
        if self.inputs:
            flags = INPUT | RISING | FALLING | BIASES[settings["bias"]]
            debounce = int(settings["debounce"] * 1000)
            attribute = (ATTR_DEBOUNCE, debounce) if debounce else None
            self.input_fd = request(chip, self.inputs, flags, attribute)

    def set(self, levels):
        bits = mask = 0
        for offset, level in levels.items():
            index = self.outputs.index(offset)
            mask |= 1 << index
            bits |= level << index
            self.until.pop(offset, None)
        if mask:
            fcntl.ioctl(self.output_fd, SET_VALUES, bytearray(struct.pack("=QQ", bits, mask)), True)

    def pulse(self, levels, seconds):
        self.set(levels)
        end = time.monotonic() + min(seconds, self.longest)
        for offset in levels:
            self.until[offset] = end

    def all_off(self):
        self.set(dict(self.off))

    def levels(self):
        told = {}
        for fd, offsets in ((self.output_fd, self.outputs), (self.input_fd, self.inputs)):
            if fd is None:
                continue
            raw = bytearray(struct.pack("=QQ", 0, (1 << len(offsets)) - 1))
            fcntl.ioctl(fd, GET_VALUES, raw, True)
            bits = struct.unpack_from("=Q", raw)[0]
            told.update({str(offset): bits >> at & 1 for at, offset in enumerate(offsets)})
        return told

    def end_pulses(self):
        """Switches off what is due; gives the seconds until the next."""
        now = time.monotonic()
        due = {offset: self.off[offset] for offset, end in self.until.items() if end <= now}
        self.set(due)
        return min((end - now for end in self.until.values()), default=None)

    def tell_edges(self):
        raw = os.read(self.input_fd, EVENT.size * LINES_MAX)
        for at in range(0, len(raw) - EVENT.size + 1, EVENT.size):
            nanoseconds, kind, offset, _, _ = EVENT.unpack_from(raw, at)
            ago = (time.clock_gettime_ns(time.CLOCK_MONOTONIC) - nanoseconds) / 1e6
            say({"edge": offset, "level": 1 if kind == RISING_EDGE else 0, "ago": max(0, ago)})

    def obey(self, command):
        if "set" in command:
            levels = {int(offset): 1 if level else 0 for offset, level in command["set"].items()}
            if "for" in command:
                self.pulse(levels, command["for"] / 1000)
            else:
                self.set(levels)
        if "id" in command:
            say({"id": command["id"], "levels": self.levels()})


def serve(lines):
    kept = b""
    readers = [0] + ([lines.input_fd] if lines.input_fd is not None else [])
    while True:
        ready = select.select(readers, [], [], lines.end_pulses())[0]
        if lines.input_fd in ready:
            lines.tell_edges()
        if 0 in ready:
            raw = os.read(0, COMMAND_BYTES_MAX)
            if not raw:
                return
            *whole, kept = (kept + raw).split(b"\n")
            for line in whole:
                lines.obey(json.loads(line))
            if len(kept) > COMMAND_BYTES_MAX:
                raise Fault("settings-invalid", "a command without end")


def leave(*_):
    raise SystemExit(0)


def main():
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, leave)
    settings = json.loads(sys.argv[1])
    lines = None
    try:
        chip, path, label = open_chip(settings["chip"])
        lines = Lines(chip, settings)
        say({"ready": path, "label": label, "levels": lines.levels()})
        serve(lines)
    except Fault as fault:
        say({"fault": fault.args[0], "detail": fault.args[1]})
        return 1
    except OSError as error:
        detail = "%s %s" % (error.filename or settings["chip"], error.strerror)
        if error.errno != errno.EPIPE:
            say({"fault": FAULTS.get(error.errno, "turnstile-disconnected"), "detail": detail})
        return 1
    finally:
        if lines and lines.output_fd is not None:
            lines.all_off()
    return 0


if __name__ == "__main__":
    sys.exit(main())
