#!/usr/bin/env python3
"""Holds up what passes between a bridge and one of its ports: delay.py BRIDGE PORT MILLISECONDS JITTER

Puts two TAP devices between them and moves frames from one to the other. Says `ready`, and ends when standard input does; the
port is put back into its bridge by whoever called. Stands in for netem, which not every kernel has.
"""
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
FRAME_BYTES_MAX = 65536


def tap(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return device


def ip(command):
    subprocess.check_call(["ip", *command.split()])


def main(bridge, port, milliseconds, jitter):
    delay, spread = float(milliseconds) / 1000, float(jitter) / 1000
    near, far = tap("dn-" + port), tap("df-" + port)
    aside = "ds-" + port
    ip(f"link add {aside} type bridge")
    ip(f"link set {aside} up")
    ip(f"link set dn-{port} master {bridge} up")
    ip(f"link set df-{port} master {aside} up")
    ip(f"link set {port} master {aside}")
    print("ready", flush=True)
    try:
        splice(near, far, delay, spread)
    finally:
        ip(f"link delete {aside}")


def splice(near, far, delay, spread):
    other = {near: far, far: near}
    latest = {near: 0.0, far: 0.0}
    waiting = []
    number = 0
    poll = select.poll()
    for device in (near, far, sys.stdin.fileno()):
        poll.register(device, select.POLLIN)
    while True:
        pause = None if not waiting else max(0, (waiting[0][0] - time.monotonic()) * 1000)
        for device, _ in poll.poll(pause):
            if device == sys.stdin.fileno():
                return
            while True:
                try:
                    frame = os.read(device, FRAME_BYTES_MAX)
                except BlockingIOError:
                    break
                to = other[device]
                due = time.monotonic() + max(0, delay + random.uniform(-spread, spread))
                latest[to] = max(latest[to], due)  # order is kept
                number += 1
                heapq.heappush(waiting, (latest[to], number, to, frame))
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, to, frame = heapq.heappop(waiting)
            try:
                os.write(to, frame)
            except OSError:
                pass  # a network may lose a frame


main(*sys.argv[1:5])
