"""Asks preflight whether WhatsApp will take a file, through one process that is kept open."""

import contextlib
import json
import os
import subprocess
import threading


class PreflightError(Exception):
    """No answer was possible: preflight is missing, or has ended."""


class Preflight:
    """A hook process. It may be used from many threads; close it, or use it in a `with` statement.

    Options are those of `preflight hook`, such as "--policy=whatsapp-cloud" and "--strict".
    """

    def __init__(self, *options, executable=os.environ.get("PREFLIGHT", "preflight")):
        self._lock = threading.Lock()
        try:
            self._process = subprocess.Popen(
                [executable, "hook", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            raise PreflightError(f"{executable} can't be started: {error.strerror}") from error

    def check(self, **request):
        """The result, a dictionary, of one request.

        Keys are those of the hook: file, endpoint, to, mediaUrl, mediaId, caption, filename, phoneNumberId
        and declaredType. A rejection is a result like any other.
        """
        line = json.dumps(request, default=os.fspath).encode() + b"\n"
        # Answers come in the order of the requests, so nobody asks before the one before was answered.
        with self._lock:
            try:
                self._process.stdin.write(line)
                self._process.stdin.flush()
                answer = self._process.stdout.readline()
            except (OSError, ValueError) as error:
                raise PreflightError("preflight has ended") from error
        if not answer.endswith(b"\n"):
            raise PreflightError("preflight has ended")
        return json.loads(answer)

    def close(self):
        """Ends the process; what is being asked is still answered."""
        with self._lock:
            # A process that has ended already takes no end of its input.
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            self._process.stdout.close()
        self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
