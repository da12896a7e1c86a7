"""A TCP proxy in front of PostgreSQL that does harm at a statement of its choice.

It reads the protocol (manual, 55.7): a statement is a message Q (simple) or P (Parse, extended) of
the client; its answer ends with Z (ReadyForQuery); K tells the server process.
"""

import re
import select
import socket
import struct
import threading
from urllib.parse import urlsplit

from postgresql_live import URL, Session, with_database


class Harm:
    """What befalls a statement: the one of this number (from 1, of all connections; only changes,
    transactions and locks count), or the first that `fits`. `mode` may be a function to call
    before the statement reaches the server."""

    CUT = "cut"              # it does not reach the server; the connection ends
    SWALLOW = "swallow"      # it does, but its answer does not come back; the connection ends
    FORGET = "forget"        # the same, and the server no longer knows what became of it
    TERMINATE = "terminate"  # pg_terminate_backend before it reaches the server
    TERMINATE_AFTER = "terminate after"  # when it is answered, before the client hears of it

    def __init__(self, mode, number=0, fits=""):
        self.mode, self.number, self.fits = mode, number, fits


COUNTED = re.compile(r"(?!SELECT (?!pg_(try_)?advisory)|BEGIN ISOLATION|ROLLBACK)")


class Proxy:
    def __init__(self, url=URL, harm=None):
        parts = urlsplit(url)
        self._server = (parts.hostname, parts.port)
        self._harm = harm
        self.statements = []
        self.fired = ""  # the statement that met the harm
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._closed = True
        self._listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _accept(self):
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                link = _Link(self, client, socket.create_connection(self._server))
            except OSError:
                client.close()
                continue
            threading.Thread(target=link.run, daemon=True).start()

    def lead_to(self, url):
        """Where connections go from now on."""
        self._server = (urlsplit(url).hostname, urlsplit(url).port)

    def forgets(self):
        return self.fired and self._harm.mode == Harm.FORGET

    def harm_for(self, statement):
        """The mode, when this statement is the one."""
        if COUNTED.match(statement):
            self.statements.append(statement)
        elif self._harm is None or not self._harm.fits:
            return ""
        if self._harm is None or self.fired:
            return ""
        fits = self._harm.fits and re.search(self._harm.fits, statement)
        if fits or self._harm.number and self._harm.number == len(self.statements):
            self.fired = statement
            return self._harm.mode
        return ""


class _Link:
    """One client's connection."""

    def __init__(self, proxy, client, server):
        self._proxy, self._client, self._server = proxy, client, server
        for each in (client, self._server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._from_client, self._from_server = b"", b""
        self._started = False
        self._pid = 0
        self._pending = ""  # what befalls the answer under way

    def run(self):
        try:
            while self._pass_on():
                pass
        except OSError:
            pass
        for each in (self._client, self._server):
            each.close()

    def _pass_on(self):
        ready, _, _ = select.select([self._client, self._server], [], [])
        for source in ready:
            data = source.recv(65536)
            if not data:
                return False
            if source is self._client:
                self._from_client += data
                if not self._take_client():
                    return False
            else:
                self._from_server += data
                if not self._take_server():
                    return False
        return True

    def _take_client(self):
        # The first messages have no type: SSLRequest, then the start-up.
        while not self._started and len(self._from_client) >= 8:
            length, code = struct.unpack("!II", self._from_client[:8])
            self._server.sendall(self._from_client[:length])
            self._from_client = self._from_client[length:]
            if code == 196608:
                self._started = True
            else:
                self._client.sendall(self._server.recv(1))  # "N": no TLS here
        while True:
            message = self._message("_from_client")
            if message is None:
                return True
            if not self._forward(message):
                return False

    def _forward(self, message):
        if message[:1] in (b"Q", b"P"):
            text = _text(message)
            mode = self._proxy.harm_for(text)
            if mode == Harm.CUT:
                return False
            if mode == Harm.TERMINATE:
                self._terminate()
            elif callable(mode):
                mode()
            elif mode:
                self._pending = mode
            if self._proxy.forgets() and text.startswith("SELECT txid_status("):
                message = b"Q" + struct.pack("!I", 16) + b"SELECT NULL\0"
        self._server.sendall(message)
        return True

    def _take_server(self):
        # The answer to SSLRequest is read where it is asked.
        while True:
            message = self._message("_from_server")
            if message is None:
                return True
            if message[:1] == b"K":
                self._pid = struct.unpack("!I", message[5:9])[0]
            if self._pending and message[:1] == b"Z":
                if self._pending != Harm.TERMINATE_AFTER:
                    return False
                self._terminate()
                self._pending = ""
            if self._pending in ("", Harm.TERMINATE_AFTER):
                self._client.sendall(message)

    def _message(self, name):
        data = getattr(self, name)
        if len(data) < 5:
            return None
        length = 1 + struct.unpack("!I", data[1:5])[0]
        if len(data) < length:
            return None
        setattr(self, name, data[length:])
        return data[:length]

    def _terminate(self):
        with Session(with_database(URL, "postgres")) as sql:
            sql(f"SELECT pg_terminate_backend({self._pid}, 5000)")


def _text(message):
    body = message[5:]
    if message[:1] == b"P":  # the name of the statement comes first
        body = body[body.index(b"\0") + 1:]
    return body[:body.index(b"\0")].decode()
