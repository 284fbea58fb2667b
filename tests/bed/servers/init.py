"""The first process of a server's namespaces: starts the server, reaps what it leaves, halts and starts it when told.

    init.py [--relay OUTER:INNER]... -- COMMAND...

With a relay, the server gets a network namespace of its own and with it its usual ports; connections to OUTER on the
host's loopback, IPv4 and IPv6, are passed on to INNER inside. The listeners are made before the namespace is left: they
stay in the host's network, and no address but loopback is anywhere.

SIGUSR1 halts: nobody listens any more, as on a machine that is down. SIGUSR2 starts again. What holds is the word in
STATE. A server that ends without having been told ends everything.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys

STATE = "/run/server-state"
HALT_LIMIT = 5  # s from SIGTERM to SIGKILL
BACKLOG = 128
CHUNK = 65536  # bytes


def listeners(relays):
    """Pairs of a listening socket in the network we are in now, and the port it leads to."""
    found = []
    for outer, inner in relays:
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            listener = socket.socket(family)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, outer))
            listener.setblocking(False)
            found.append((listener, inner))
    return found


async def pass_on(reader, writer):
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()


async def relay(outer, inner):
    streams = []
    try:
        for connected in (asyncio.open_connection(sock=outer), asyncio.open_connection("127.0.0.1", inner)):
            streams.append(await connected)
        (from_client, to_client), (from_server, to_server) = streams
        for writer in (to_client, to_server):
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(pass_on(from_client, to_server), pass_on(from_server, to_client))
    except OSError:
        pass  # the server does not listen: the client sees the connection close
    finally:
        for _, writer in streams:
            writer.close()


class Init:
    def __init__(self, sockets, command):
        self.sockets, self.command = sockets, command
        self.server = None
        self.told_to_halt = False
        self.tasks = set()
        self.loop = asyncio.get_running_loop()

    def keep(self, coroutine):
        task = self.loop.create_task(coroutine)
        self.tasks.add(task)  # or it may be collected while it runs
        task.add_done_callback(self.tasks.discard)

    def start(self):
        self.told_to_halt = False
        self.server = subprocess.Popen(self.command, stdin=subprocess.DEVNULL).pid
        for listener, inner in self.sockets:
            listener.listen(BACKLOG)
            self.loop.add_reader(listener, self.accept, listener, inner)
        self.say("up")

    def accept(self, listener, inner):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        self.keep(relay(connection, inner))

    def halt(self):
        if self.server is None:
            return
        self.told_to_halt = True
        for listener, _ in self.sockets:
            self.loop.remove_reader(listener)
            listener.shutdown(socket.SHUT_RDWR)  # refuses from now on, and keeps the port
        os.kill(self.server, signal.SIGTERM)
        self.loop.call_later(HALT_LIMIT, self.kill, self.server)

    def kill(self, pid):
        if self.server == pid:
            os.kill(pid, signal.SIGKILL)

    def reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.server:
                self.server = None
                if not self.told_to_halt:
                    sys.exit(f"{self.command[0]} ended with status {os.waitstatus_to_exitcode(status)}")
                self.say("halted")

    def say(self, word):
        with open(STATE + ".new", "w") as file:
            file.write(word)
        os.rename(STATE + ".new", STATE)


async def main(relays, command):
    sockets = listeners(relays)
    if relays:
        os.unshare(os.CLONE_NEWNET)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    init = Init(sockets, command)
    for number, act in ((signal.SIGCHLD, init.reap), (signal.SIGUSR1, init.halt), (signal.SIGUSR2, init.start)):
        init.loop.add_signal_handler(number, act)
    init.start()
    await asyncio.get_running_loop().create_future()  # for ever


if __name__ == "__main__":
    split = sys.argv.index("--")
    relays = [tuple(int(port) for port in word.split(":")) for word in sys.argv[1:split] if word != "--relay"]
    asyncio.run(main(relays, sys.argv[split + 1 :]))
