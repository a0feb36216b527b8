"""Asks preflight whether WhatsApp will take a file, before it is sent. It needs Python 3.9 and no other packages.

    from preflight_media import check    # the package preflight-media; of a copy of the one file: from preflight import check

    result = check("wave.webp", endpoint="sticker")
    if result["verdict"] != "accepted":
        print([finding["message"] for finding in result["findings"]])

One `preflight hook` process is started by the first request and kept; it is replaced when it dies or gets stuck. Threads
and asyncio tasks may share a client. So may forked processes: each starts a hook of its own.
"""

import _thread
import asyncio
import atexit
import collections
import contextlib
import functools
import itertools
import json
import os
import re
import select
import subprocess
import sysconfig
import threading
import time
import weakref
from typing import Any, Callable, Deque, Dict, List, Optional, Sequence, Set, Union

__all__ = ["InvalidRequest", "Preflight", "PreflightError", "PreflightTimeout", "check", "check_async", "fix", "fix_async"]

AnyPath = Union[str, bytes, "os.PathLike[Any]"]
Result = Dict[str, Any]
Field = Union[str, int, bool, None]

# The hook refuses longer lines, without their id.
_LONGEST_LINE = 1 << 20
# So many requests the hook works on at a time, unless its options say how many (--jobs), and so many it has: the others wait
# here, where no deadline runs. From one host it fetches no more than these at a time, and more would wait there.
_JOBS = 8
# So many seconds the hook gives a URL (its --url-timeout), beside what it may take for a file.
_URL_TIME = 20.0
# The fields of the built-in policies that are whole numbers, which may be text as well.
_WHOLE_NUMBERS = ("card", "duration", "mediaSize")
# What a pipe that is ready takes without making its writer wait.
_PIECE = select.PIPE_BUF
# So many bytes, the last that a process wrote to standard error, are told when it has died.
_LAST_WORDS = 2000
# After so many processes in a row that answered nothing, everyone who waits gets an error.
_MOST_USELESS_STARTS = 3
_DIED = "preflight ended"
_CLOSED = "the client is closed"


class PreflightError(Exception):
    """There is no answer: preflight is missing, has died, or talks nonsense."""


class PreflightTimeout(PreflightError, TimeoutError):
    """The hook had the request for as long as it may, and didn't answer."""


class InvalidRequest(PreflightError, ValueError):
    """The request can't be sent as it is."""


class Preflight:
    """A client with a process of its own. Close it, or use it in a `with` statement; if you forget, it ends with the program.

    Options are those of `preflight hook`, such as "--policy=whatsapp-cloud" and "--strict"; give paths in them from the root.
    The executable is that of $PREFLIGHT, or else the package's, or else `preflight` on the path. The timeout is the seconds
    that the hook may take for one request; what is fetched has 20 more.
    """

    def __init__(self, *options: str, executable: Optional[AnyPath] = None, timeout: float = 10.0) -> None:
        if not timeout > 0:
            raise ValueError(f"the timeout must be positive, not {timeout!r}")
        self._options = options
        self._executable = executable
        self._timeout = timeout
        self._ids = itertools.count(1)
        self._worker: Optional[_Worker] = None
        self._is_closed = False

    def check(self, path: Optional[AnyPath] = None, endpoint: Optional[str] = None, **fields: Field) -> Result:
        """The result for one file or URL, or without a path for the fields alone.

        Fields are those of the request: to, mediaUrl, mediaId, caption, filename, phoneNumberId, declaredType, depth, probe; for
        a template of "--policy=whatsapp-cloud" template, language, card; and any other of the policy's. A rejection is a result
        like any other; `verdict` is "accepted", "rejected", or "unjudged" for a file that couldn't be read. The result's `path`
        is absolute.
        """
        request = self._request(path, endpoint, fields)
        self._submit(request)
        try:
            request.done.acquire()
        finally:
            # If a signal's handler raised, an answer that comes later is nobody's.
            request.is_dropped = True
        return request.result()

    async def check_async(
        self, path: Optional[AnyPath] = None, endpoint: Optional[str] = None, **fields: Field
    ) -> Result:
        """As `check`, for asyncio. When its task is cancelled, the answer is dropped."""
        request = self._request(path, endpoint, fields)
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        request.tell = lambda: loop.call_soon_threadsafe(done.set)
        self._submit(request)
        try:
            await done.wait()
        finally:
            request.is_dropped = True
        return request.result()

    def fix(
        self,
        path: AnyPath,
        endpoint: Optional[str] = None,
        *,
        output: Optional[AnyPath] = None,
        output_dir: Optional[AnyPath] = None,
        force: bool = False,
    ) -> Result:
        """Makes an accepted file of a rejected one: `preflight fix`, in a process of its own and without a deadline.

        In the result `fix` has the steps, the `output` that was written, which is None if the file is accepted already, and
        the `reason` if it can't be fixed. Without an output, it is written beside the file as NAME-fixed.EXT, or for a URL into
        the working folder. An output that exists is an error, unless `force` is true. Options of the client must be those of
        `preflight fix` too.
        """
        command = self._fix_command(path, endpoint, output, output_dir, force)
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except OSError as error:
            raise PreflightError(f"{command[0]} can't be started: {error.strerror}") from error
        return _fixed(done.returncode, done.stdout, done.stderr)

    async def fix_async(
        self,
        path: AnyPath,
        endpoint: Optional[str] = None,
        *,
        output: Optional[AnyPath] = None,
        output_dir: Optional[AnyPath] = None,
        force: bool = False,
    ) -> Result:
        """As `fix`, for asyncio. When its task is cancelled, the process is ended, and nothing is written."""
        command = self._fix_command(path, endpoint, output, output_dir, force)
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe)
        except OSError as error:
            raise PreflightError(f"{command[0]} can't be started: {error.strerror}") from error
        try:
            answer, errors = await process.communicate()
        finally:
            # As for an interrupt, it removes what it has begun to write.
            with contextlib.suppress(ProcessLookupError):
                if process.returncode is None:
                    process.terminate()
        assert process.returncode is not None
        return _fixed(process.returncode, answer, errors)

    def close(self) -> None:
        """Ends the process. What was asked before is still answered."""
        self._is_closed = True
        worker = self._worker
        if worker is not None and not worker.is_over:
            worker.stop(at_once=False)
            if worker.is_running:
                worker.ended.wait()

    def __enter__(self) -> "Preflight":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> "Preflight":
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def __reduce__(self) -> Any:
        # A copy for another process is a client with the same settings.
        return functools.partial(Preflight, *self._options, executable=self._executable, timeout=self._timeout), ()

    def _request(self, path: Optional[AnyPath], endpoint: Optional[str], fields: Dict[str, Field]) -> "_Request":
        number = str(next(self._ids))
        is_fetched = path is not None and _is_remote(path) or bool(fields.get("probe"))
        return _Request(number, _line(number, path, endpoint, fields), _URL_TIME if is_fetched else 0)

    def _program(self) -> str:
        return os.fsdecode(self._executable or os.environ.get("PREFLIGHT") or _installed())

    def _fix_command(
        self,
        path: AnyPath,
        endpoint: Optional[str],
        output: Optional[AnyPath],
        output_dir: Optional[AnyPath],
        force: bool,
    ) -> List[str]:
        if self._is_closed:
            raise PreflightError(_CLOSED)
        command = [self._program(), "fix", "--format", "ndjson", *self._options]
        if not any(option.split("=")[0] == "--config" for option in self._options):
            # As for the hook: no stray file changes what is done.
            command.append("--isolated")
        if endpoint is not None:
            command.append(f"--endpoint={endpoint}")
        for option, place in (("--output", output), ("--output-dir", output_dir)):
            if place is not None:
                command.append(f"{option}={os.fsdecode(place)}")
        if force:
            command.append("--force")
        return [*command, _reference(path)]

    def _submit(self, request: "_Request") -> None:
        if self._is_closed:
            raise PreflightError(_CLOSED)
        worker = self._worker
        if worker is None or worker.is_over:
            worker = self._new_worker()
        worker.take(request)

    def _new_worker(self) -> "_Worker":
        with _lock:
            if self._worker is None or self._worker.is_over:
                jobs = _jobs(self._options)
                command = [self._program(), "hook", "--unordered", f"--jobs={_JOBS}", *self._options]
                self._worker = _Worker(command, jobs, self._timeout)
                weakref.finalize(self, self._worker.stop).atexit = False
            return self._worker


_shared = Preflight()
check = _shared.check
check_async = _shared.check_async
fix = _shared.fix
fix_async = _shared.fix_async


@functools.lru_cache(maxsize=None)
def _installed() -> str:
    """The program that came with this module, if pip installed both; else the one on the path."""
    folders = []
    if __name__ == "preflight_media":
        # Of `pip install --target`, of the environment, and of `pip install --user`.
        folders.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin"))
        folders.append(sysconfig.get_path("scripts"))
        folders.append(sysconfig.get_path("scripts", f"{os.name}_user"))
    programs = [os.path.join(folder, "preflight") for folder in folders]
    return next(filter(os.path.exists, programs), "preflight")


def _jobs(options: Sequence[str]) -> int:
    """How many requests a hook with these options works on at a time."""
    stated = re.findall(r"^--jobs[=\n]([0-9]+)$", "\n".join(options), re.MULTILINE)
    # The hook itself refuses 0, and never works on more than 200.
    return min(max(int(stated[-1]), 1), 200) if stated else _JOBS


def _fixed(status: int, answer: bytes, errors: bytes) -> Result:
    """The result that `preflight fix` printed. That a file can't be read is a result; that none can be written is an error."""
    try:
        result: Result = json.loads(answer)
        if status in (0, 1) or result["verdict"] == "unjudged":
            return result
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    # What is an option there is an argument here.
    text = _words(errors).replace("--force overwrites it", "force=True overwrites it")
    raise PreflightError(text or f"preflight ended (exit status {status})")


def _words(errors: bytes) -> str:
    """What a process wrote to standard error."""
    text = errors.decode(errors="replace").strip()
    return text[len("error: ") :] if text.startswith("error: ") else text


def _line(number: str, path: Optional[AnyPath], endpoint: Optional[str], fields: Dict[str, Field]) -> bytes:
    request: Dict[str, Field] = {"id": number}
    if path is not None:
        request["file"] = _reference(path)
    for key, value in {"endpoint": endpoint, **fields}.items():
        if value is None:
            continue
        if key in ("id", "file"):
            raise InvalidRequest(f"'{key}' is set by the client" + (": give the path" if key == "file" else ""))
        if not isinstance(value, (str, bool)) and not (key in _WHOLE_NUMBERS and isinstance(value, int)):
            others = f"probe and fix take a bool; {', '.join(_WHOLE_NUMBERS)} an int"
            raise InvalidRequest(f"{key} must be text, not {type(value).__name__} ({others})")
        request[key] = value
    try:
        line = json.dumps(request, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError as error:
        raise InvalidRequest("the request has half of a surrogate pair, which is no text") from error
    if len(line) > _LONGEST_LINE:
        raise InvalidRequest(f"the request has {len(line)} bytes as JSON, and the hook takes {_LONGEST_LINE}")
    return line


def _is_remote(path: AnyPath) -> bool:
    """Whether it is a URL or a media ID, which preflight fetches, and no path."""
    return isinstance(path, str) and re.match(r"(?i:https?)://|media-id:[0-9]+\Z", path) is not None


def _reference(path: AnyPath) -> str:
    """A URL as it is, or else the path from the root.

    Now: the hook's working folder isn't ours any more once either has changed it.
    """
    if _is_remote(path):
        return str(path)
    try:
        name = os.fsencode(path)
        if not name or b"\0" in name:
            raise InvalidRequest(f"{path!r} is no path: it is empty or has a NUL")
        # Not abspath(): where `a` is a link, `a/..` isn't the folder that holds it.
        return (name if os.path.isabs(name) else os.path.join(os.getcwdb(), name)).decode("utf-8")
    except UnicodeError as error:
        raise InvalidRequest(f"{path!r} has bytes that aren't UTF-8, which JSON can't hold; rename the file") from error
    except FileNotFoundError as error:
        raise InvalidRequest(f"{path!r} is relative, and the working folder is gone") from error


# Held while a worker is made, and while one starts a process. A fork waits for both, so that a child inherits nothing
# half done. No caller needs either to ask: a signal's handler may ask in the middle of it.
_lock = threading.RLock()
_start_lock = threading.RLock()
_workers: "Set[_Worker]" = set()


class _Request:
    """What is asked, and where the answer goes. Not a Future: a signal's handler may interrupt whoever waits, and ask too,
    while the waiter holds the future's lock."""

    def __init__(self, number: str, line: bytes, extra_time: float) -> None:
        self.number = number
        self.line = line
        # Seconds beside the client's timeout.
        self.extra_time = extra_time
        # How many processes have died with it.
        self.deaths = 0
        # When the hook must have answered.
        self.due = 0.0
        # Whether nobody waits any more.
        self.is_dropped = False
        self.outcome: Union[Result, PreflightError] = {}
        self.done = threading.Lock()
        self.done.acquire()
        self.tell: Callable[[], Any] = self.done.release

    def finish(self, outcome: Union[Result, PreflightError]) -> None:
        self.outcome = outcome
        # A loop that is closed needs no telling.
        with contextlib.suppress(RuntimeError):
            self.tell()

    def result(self) -> Result:
        if isinstance(self.outcome, PreflightError):
            raise self.outcome
        return self.outcome


class _Hook:
    """One process, and what is on its way to and from it."""

    def __init__(self, command: List[str]) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0)
        assert self.process.stdin and self.process.stdout and self.process.stderr
        self.stdin, self.stdout, self.stderr = self.process.stdin, self.process.stdout, self.process.stderr
        os.set_blocking(self.stdin.fileno(), False)
        os.set_blocking(self.stderr.fileno(), False)
        self.unsent = bytearray()
        self.unread = bytearray()
        # Of standard error: what goes on to the program's own, the last of all, and whether it has ended.
        self.unpassed = b""
        self.last_words = b""
        self.is_silent = False
        self.in_flight: Dict[str, _Request] = {}

    def write(self) -> None:
        try:
            del self.unsent[: os.write(self.stdin.fileno(), self.unsent[:65536])]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            # It has died, which the end of its answers tells as well, once they are read.
            self.unsent.clear()

    def listen(self) -> bool:
        """Whether standard error had a piece. It is to be passed on if the process would have inherited the program's own."""
        try:
            piece = os.read(self.stderr.fileno(), _PIECE)
        except BlockingIOError:
            return False
        self.is_silent = not piece
        self.last_words = (self.last_words + piece)[-_LAST_WORDS:]
        with contextlib.suppress(OSError):
            self.unpassed = piece if os.get_inheritable(2) else b""
        return not self.is_silent

    def pass_on(self) -> None:
        # Where nobody listens any more, it is lost.
        with contextlib.suppress(OSError):
            os.write(2, self.unpassed)
        self.unpassed = b""

    def hear_out(self) -> None:
        """The rest of what an ended process wrote to standard error. Whoever reads it from us gets a second."""
        poll = select.poll()
        poll.register(2, select.POLLOUT)
        end = time.monotonic() + 1
        while True:
            if self.unpassed and poll.poll(max(end - time.monotonic(), 0) * 1000):
                self.pass_on()
            if time.monotonic() > end or not self.listen():
                return

    def close_pipes(self) -> None:
        self.stdin.close()
        self.stdout.close()
        self.stderr.close()

    def end(self, has_died: bool) -> str:
        """Ends the process, which holds nothing worth keeping, and says how it ended."""
        self.stdin.close()
        self.stdout.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1 if has_died else 0)
        self.process.kill()
        # Where the system can't kill it now, `subprocess` waits for it later.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        self.hear_out()
        self.stderr.close()
        words = _words(self.last_words)
        return f"(exit status {self.process.returncode})" + (f": {words}" if words else "")


class _Worker:
    """A thread that owns a client's process.

    Callers only hand requests over and wait. So no signal, no cancelled task and no slow caller can leave half a line
    in a pipe, and writing never waits for reading.
    """

    def __init__(self, command: List[str], jobs: int, timeout: float) -> None:
        self.command = command
        self.jobs = jobs
        self.timeout = timeout
        self.queue: Deque[_Request] = collections.deque()
        self.hook: Optional[_Hook] = None
        self.useless_starts = 0
        self.claim = threading.Lock()
        self.is_running = False
        self.is_closing = False
        self.must_stop = False
        self.is_over = False
        self.ended = threading.Event()
        try:
            # A byte in this pipe wakes the thread.
            self.bell, self.button = os.pipe()
        except OSError as error:
            raise PreflightError(f"preflight can't be started: {error.strerror}") from error
        os.set_blocking(self.button, False)
        # Not sooner: while somebody has the worker, he may write to it.
        weakref.finalize(self, _close, self.bell, self.button).atexit = False
        _workers.add(self)

    # Other threads call these.

    def take(self, request: _Request) -> None:
        self.queue.append(request)
        if not self.is_running:
            # Of two threads one returns at once. Not threading.Thread, whose start breaks when a signal's handler raises.
            _thread.start_new_thread(self.run, ())
        self.wake()
        if self.is_over:
            # The thread may have looked for the last time before.
            self.fail_all(_CLOSED)

    def stop(self, at_once: bool = True) -> None:
        self.is_closing = True
        self.must_stop = self.must_stop or at_once
        self.wake()

    def wake(self) -> None:
        if not self.is_over:
            # A pipe that is full wakes the thread anyway.
            with contextlib.suppress(BlockingIOError):
                os.write(self.button, b".")

    def forget(self) -> None:
        """In a forked child: closes its copies of the pipes, which would keep the parent's hook alive, and no more."""
        self.is_over = True
        if self.hook is not None:
            self.hook.close_pipes()
            # It isn't this process's child, so that nobody here waits for it.
            self.hook.process.returncode = 0

    # The rest runs on the thread.

    def run(self) -> None:
        if not self.claim.acquire(blocking=False):
            return
        self.is_running = True
        why = _CLOSED
        try:
            while not self.is_done():
                self.send()
                self.exchange()
        except Exception as error:
            why = f"the client failed: {error!r}"
        self.is_over = True
        if self.hook is not None:
            self.hook.end(has_died=False)
            self.queue.extend(self.hook.in_flight.values())
        _workers.discard(self)
        if not self.must_stop:
            self.fail_all(why)
        # Else the program ends: those who still wait are daemon threads, and an error would only be noise.
        self.ended.set()

    def is_done(self) -> bool:
        if not self.is_closing or self.must_stop:
            return self.must_stop
        waiting = [*self.queue, *(self.hook.in_flight.values() if self.hook else ())]
        return all(request.is_dropped for request in waiting)

    def send(self) -> None:
        """Gives the hook as many requests as it should have."""
        while self.queue:
            in_flight = self.hook.in_flight if self.hook else {}
            # One that a process died with goes alone, so that the one to blame takes no others with it.
            most = 1 if self.queue[0].deaths else self.jobs
            if len(in_flight) >= most or any(request.deaths for request in in_flight.values()):
                return
            if self.queue[0].is_dropped:
                self.queue.popleft()
                continue
            if self.hook is None:
                try:
                    with _start_lock:
                        self.hook = _Hook(self.command)
                except OSError as error:
                    self.fail_all(f"{self.command[0]} can't be started: {error.strerror}")
                    return
                self.useless_starts += 1
            request = self.queue.popleft()
            request.due = time.monotonic() + self.timeout + request.extra_time
            self.hook.in_flight[request.number] = request
            self.hook.unsent += request.line

    def exchange(self) -> None:
        """Waits until there is something to do, and writes and reads what is possible."""
        poll = select.poll()
        poll.register(self.bell, select.POLLIN)
        hook, wait = self.hook, None
        if hook is not None:
            poll.register(hook.stdout, select.POLLIN)
            if hook.unsent:
                poll.register(hook.stdin, select.POLLOUT)
            # One piece after another: who doesn't read the program's standard error stops the process, and not this thread.
            if hook.unpassed:
                poll.register(2, select.POLLOUT)
            elif not hook.is_silent:
                poll.register(hook.stderr, select.POLLIN)
            if hook.in_flight:
                due = min(request.due for request in hook.in_flight.values())
                # Milliseconds; a day at most, since poll() counts no further than some weeks.
                wait = min(max(due - time.monotonic(), 0), 86400) * 1000
        ready = dict(poll.poll(wait))
        if self.bell in ready:
            os.read(self.bell, 4096)
        if hook is None:
            return
        if hook.stdin.fileno() in ready:
            hook.write()
        if 2 in ready:
            hook.pass_on()
        if hook.stderr.fileno() in ready:
            hook.listen()
        if hook.stdout.fileno() in ready:
            self.read(hook)
        # After reading: what was answered in time counts, even if this thread comes late.
        now = time.monotonic()
        late = [request for request in hook.in_flight.values() if request.due <= now]
        if late and hook is self.hook:
            for request in late:
                del hook.in_flight[request.number]
            self.replace(hook)
            for request in late:
                seconds = self.timeout + request.extra_time
                request.finish(PreflightTimeout(f"preflight gave no answer within {seconds:g} s, and was ended"))

    def read(self, hook: _Hook) -> None:
        piece = os.read(hook.stdout.fileno(), 65536)
        if not piece:
            self.replace(hook, _DIED)
            return
        *lines, hook.unread = (hook.unread + piece).split(b"\n")
        for line in lines:
            try:
                answer = json.loads(line)
                request = hook.in_flight.pop(answer.pop("id"))
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
                # No answer to anything that was asked: whatever else it says can't be trusted.
                self.replace(hook, "preflight gave an answer to no request")
                return
            self.useless_starts = 0
            request.finish(answer)

    def replace(self, hook: _Hook, why: Optional[str] = None) -> None:
        """Ends a process. What it had goes to the next; where the process is to blame, once, and then it fails."""
        status = hook.end(has_died=why == _DIED)
        again = []
        for request in hook.in_flight.values():
            request.deaths += 0 if why is None else 1
            if request.deaths > 1:
                request.finish(PreflightError(f"{why} in the middle of the request, twice {status}"))
            else:
                again.append(request)
        self.hook = None
        self.queue.extendleft(reversed(again))
        if self.useless_starts >= _MOST_USELESS_STARTS:
            self.useless_starts = 0
            self.fail_all(f"preflight was started {_MOST_USELESS_STARTS} times and answered nothing {status}")

    def fail_all(self, why: str) -> None:
        # Another thread may empty it as well.
        with contextlib.suppress(IndexError):
            while True:
                self.queue.popleft().finish(PreflightError(why))


def _close(*files: int) -> None:
    for file in files:
        os.close(file)


def _hold() -> None:
    _lock.acquire()
    _start_lock.acquire()


def _release() -> None:
    _start_lock.release()
    _lock.release()


def _forget_all() -> None:
    for worker in _workers:
        worker.forget()
    _workers.clear()
    _release()


@atexit.register
def _stop_all() -> None:
    workers = list(_workers)
    for worker in workers:
        worker.stop()
    for worker in workers:
        if worker.is_running:
            worker.ended.wait(5)


os.register_at_fork(before=_hold, after_in_parent=_release, after_in_child=_forget_all)
