"""python3 -m unittest: the client with the executable of $PREFLIGHT, and with a hook that misbehaves."""

import asyncio
import multiprocessing
import os
import pathlib
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

import preflight
from preflight import InvalidRequest, Preflight, PreflightError, PreflightTimeout

FOLDER = pathlib.Path(__file__).resolve().parent
FAKE = FOLDER.parent / "fake-hook"
PICTURE = FOLDER.parent.parent / "Fixtures/pictures/rgb.jpg"
# No test waits so long unless something hangs.
PATIENCE = 300


def fake(how, *options, timeout=PATIENCE):
    return Preflight(how, *options, executable=FAKE, timeout=timeout)


def echo(client, caption):
    """Asks with the caption; it comes back in the message that is to be sent."""
    return echoed(client.check(**fields(caption)))


def fields(caption):
    return dict(endpoint="image", to="15551234567", mediaId="1234567890", phoneNumberId="106540352242922", caption=caption)


def echoed(result):
    return result["request"]["body"]["image"]["caption"]


def echoing():
    return Preflight("--policy=whatsapp-cloud", timeout=PATIENCE)


def hook_of(client):
    return client._worker and client._worker.hook


def hook_pid(client):
    return client._worker.hook.process.pid


def is_running(pid):
    try:
        os.kill(pid, 0)
        # A zombie has ended: nobody may be there to wait for it.
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def eventually(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def run_program(text):
    """Runs a program that uses the client; what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(FOLDER), "FAKE": str(FAKE), "PICTURE": str(PICTURE)}
    done = subprocess.run(
        # Newer Pythons warn of any fork where there are threads.
        [sys.executable, "-B", "-W", "error", "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(text)],
        env=environment, timeout=PATIENCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stdout, done.stderr


class Log:
    """Counts the starts of a hook that misbehaves."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "log")

    def starts(self):
        with open(self.path) as file:
            return len(file.readlines())


class Deadlines(unittest.TestCase):
    def test_a_stuck_process_is_named_killed_and_replaced(self):
        with fake("well") as client:
            first = client.check(caption="a")["pid"]
            client._worker.timeout = 1
            with self.assertRaisesRegex(PreflightTimeout, "within 1 s") as caught:
                client.check(caption="stuck")
            self.assertIsInstance(caught.exception, (PreflightError, TimeoutError))
            self.assertFalse(is_running(first))
            client._worker.timeout = PATIENCE
            self.assertNotEqual(client.check(caption="b")["pid"], first)

    def test_an_innocent_request_is_retried(self):
        with fake("late", timeout=PATIENCE) as client, ThreadPoolExecutor(2) as pool:
            innocent = pool.submit(client.check, caption="innocent")
            self.assertTrue(eventually(lambda: client._worker and client._worker.hook and client._worker.hook.in_flight))
            stuck = client._request(None, None, {"caption": "stuck"})
            client._submit(stuck)
            self.assertTrue(eventually(lambda: stuck.number in client._worker.hook.in_flight))
            # Its time is over, and not the other's.
            stuck.due = 0
            client._worker.wake()
            stuck.done.acquire()
            self.assertRaises(PreflightTimeout, stuck.result)
            self.assertEqual(client.check(caption="another")["caption"], "another")
            self.assertEqual(innocent.result()["caption"], "innocent")

    def test_no_deadline_runs_while_others_are_worked_on(self):
        # A server that accepts connections, and never answers.
        with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/a.jpg"
            for options in [(), ("--jobs=3",)]:
                # So long that a file is checked in time, and so short that the URLs are still waited for.
                client = Preflight("--allow-private-hosts", "--url-timeout=4", *options, timeout=3)
                with client, ThreadPoolExecutor(12) as pool:
                    fetched = [pool.submit(client.check, url) for _ in range(6)]
                    self.assertTrue(eventually(lambda: len(getattr(hook_of(client), "in_flight", ())) >= 3))
                    checked = [pool.submit(client.check, PICTURE) for _ in range(3)]
                    self.assertEqual({future.result()["verdict"] for future in checked}, {"accepted"}, options)
                    self.assertEqual({future.result()["verdict"] for future in fetched}, {"rejected"}, options)

    def test_the_hook_works_on_all_that_it_has(self):
        for options, jobs in [
            ((), 8), (("--jobs=3",), 3), (("--jobs", "3", "--strict"), 3), (("--jobs=3", "--jobs=5"), 5),
            (("--jobs=1000",), 200), (("--jobs=0",), 1), (("--policy=--jobs=3",), 8),
        ]:
            self.assertEqual(preflight._jobs(options), jobs, options)

    def test_a_hook_that_reads_nothing(self):
        with fake("deaf", timeout=1) as client, ThreadPoolExecutor(40) as pool:
            # With a little in the pipe, the next piece doesn't fit as a whole.
            futures = [pool.submit(client.check, caption="a")]
            eventually(lambda: client._worker and client._worker.hook and not client._worker.hook.unsent)
            futures += [pool.submit(client.check, caption="x" * 100_000) for _ in range(40)]
            errors = [future.exception() for future in futures]
        self.assertTrue(all(isinstance(error, PreflightError) for error in errors))
        self.assertTrue(any(isinstance(error, PreflightTimeout) for error in errors))


class Answers(unittest.TestCase):
    def test_an_answer_with_another_id_is_given_to_nobody(self):
        for how in ("wrong-id", "number-id", "no-id", "garbage"):
            log = Log(self)
            with self.subTest(how), fake(how, log.path) as client:
                with self.assertRaisesRegex(PreflightError, "answer to no request"):
                    client.check(caption="a")
                self.assertEqual(log.starts(), 2)

    def test_the_clients_id_is_not_in_the_result(self):
        with Preflight() as client:
            result = client.check(PICTURE, endpoint="image")
        self.assertEqual((result["verdict"], "id" in result), ("accepted", False))


class Deaths(unittest.TestCase):
    def test_killed_between_requests(self):
        with Preflight() as client:
            self.assertEqual(client.check(PICTURE)["verdict"], "accepted")
            for _ in range(5):
                os.kill(hook_pid(client), signal.SIGKILL)
                self.assertEqual(client.check(PICTURE)["verdict"], "accepted")

    def test_killed_in_the_middle_of_a_request(self):
        log = Log(self)
        with fake("well", log.path) as client:
            self.assertEqual(client.check(caption="die once")["caption"], "die once")
        self.assertEqual(log.starts(), 2)

    def test_a_request_that_kills_every_process_fails(self):
        log = Log(self)
        with fake("well", log.path) as client:
            with self.assertRaisesRegex(PreflightError, r"ended in the middle of the request, twice \(exit status 4\)"):
                client.check(caption="die")
            self.assertEqual(client.check(caption="a")["caption"], "a")
        self.assertEqual(log.starts(), 3)

    def test_a_request_that_kills_takes_no_others_with_it(self):
        with fake("well") as client, ThreadPoolExecutor(16) as pool:
            captions = ["die" if number % 8 == 3 else str(number) for number in range(64)]
            futures = [pool.submit(client.check, caption=caption) for caption in captions]
            for caption, future in zip(captions, futures):
                if caption == "die":
                    self.assertRegex(str(future.exception()), "ended in the middle|answered nothing")
                else:
                    self.assertEqual(future.result()["caption"], caption)

    def test_a_process_for_each_request(self):
        with fake("dies-after-each") as client:
            for number in range(10):
                self.assertEqual(client.check(caption=str(number))["caption"], str(number))

    def test_an_executable_that_is_not_there(self):
        with Preflight(executable="/nonexistent/preflight") as client:
            for _ in range(2):
                with self.assertRaisesRegex(PreflightError, "/nonexistent/preflight can't be started: No such file"):
                    client.check(PICTURE)

    def test_an_executable_that_ends_at_once(self):
        log = Log(self)
        with fake("ends", log.path) as client, ThreadPoolExecutor(100) as pool:
            futures = [pool.submit(client.check, caption="a") for _ in range(100)]
            for future in futures:
                self.assertRegex(str(future.exception()), "exit status 3")
        self.assertLess(log.starts(), 100)

    def test_a_wrong_option_is_told(self):
        # And to standard error, as by every start.
        status, output, errors = run_program("""
            import os
            from preflight import *
            with Preflight("--policy=watsapp") as client:
                try:
                    client.check(os.environ["PICTURE"])
                except PreflightError as error:
                    print(error)
            """)
        self.assertEqual(status, 0)
        self.assertRegex(output, r"twice \(exit status 2\): unknown policy 'watsapp'.* did you mean 'whatsapp-cloud'\?\n\Z")
        self.assertEqual(errors.count("unknown policy 'watsapp'"), 2)

    def test_the_last_words_are_bounded(self):
        status, output, errors = run_program("""
            import os
            from preflight import *
            with Preflight("noisy", executable=os.environ["FAKE"], timeout=300) as client:
                try:
                    client.check(caption="die")
                except PreflightError as error:
                    print(error)
            """)
        self.assertRegex(output, r"\(exit status 4\): x{1000,2000}\n\Z")
        self.assertEqual((status, len(errors)), (0, 400_002))

    def test_after_close(self):
        client = Preflight()
        client.check(PICTURE)
        client.close()
        client.close()
        with self.assertRaisesRegex(PreflightError, "closed"):
            client.check(PICTURE)

    def test_close_lets_others_have_their_answers(self):
        with fake("late") as client, ThreadPoolExecutor(1) as pool:
            first = pool.submit(client.check, caption="a")
            self.assertTrue(eventually(lambda: client._worker and client._worker.hook and client._worker.hook.in_flight))
            closing = threading.Thread(target=client.close)
            second = client._request(None, None, {"caption": "b"})
            client._submit(second)
            closing.start()
            second.done.acquire()
            self.assertEqual((first.result()["caption"], second.result()["caption"]), ("a", "b"))
            closing.join()


class Forks(unittest.TestCase):
    # Each in a program of its own, so that the tests' threads aren't forked.
    def test_workers_forked_after_the_first_request(self):
        for busy in (False, True):
            with self.subTest(busy=busy):
                status, output, errors = run_program(f"""
                    import os, sys, threading
                    sys.path.insert(0, {str(FOLDER)!r})
                    from test_preflight import echo, echoing, hook_pid, is_running

                    client = echoing()
                    echo(client, "parent")
                    hook, done = hook_pid(client), threading.Event()

                    def ask():
                        number = 0
                        while not done.is_set():
                            number += 1
                            assert echo(client, f"parent {{number}}") == f"parent {{number}}"

                    threads = [threading.Thread(target=ask) for _ in range(4 if {busy} else 0)]
                    for thread in threads: thread.start()

                    def work(worker):
                        for number in range(125):
                            caption = f"{{worker}} {{number}} {{os.getpid()}}"
                            assert echo(client, caption) == caption
                        assert hook_pid(client) != hook
                        client.close()

                    children = []
                    for worker in range(4):
                        child = os.fork()
                        if child == 0:
                            status = 1
                            try:
                                work(worker)
                                status = 0
                            finally:
                                os._exit(status)
                        children.append(child)
                    print([os.waitpid(child, 0)[1] for child in children])
                    done.set()
                    for thread in threads: thread.join()
                    assert is_running(hook) and hook_pid(client) == hook
                    assert echo(client, "after") == "after"
                    """)
                self.assertEqual((status, output, errors), (0, "[0, 0, 0, 0]\n", ""))

    def test_a_child_does_not_keep_the_parents_hook_alive(self):
        parent = subprocess.Popen(
            [sys.executable, "-B", "-c", textwrap.dedent(f"""
                import os, sys, time
                sys.path.insert(0, {str(FOLDER)!r})
                from test_preflight import *
                client = Preflight()
                client.check(PICTURE)
                child = os.fork()
                if child:
                    print(hook_pid(client), child, flush=True)
                time.sleep(3600)
                """)], stdout=subprocess.PIPE, text=True)
        with parent:
            hook, child = map(int, parent.stdout.readline().split())
            parent.kill()
            try:
                self.assertTrue(eventually(lambda: not is_running(hook)))
                self.assertTrue(is_running(child))
            finally:
                os.kill(child, signal.SIGKILL)

    def test_a_child_that_ends_leaves_the_parents_hook_alone(self):
        status, output, errors = run_program(f"""
            import os, sys
            sys.path.insert(0, {str(FOLDER)!r})
            from test_preflight import *
            client = Preflight()
            client.check(PICTURE)
            hook = hook_pid(client)
            if os.fork() == 0:
                client.close()
                del client
                sys.exit()
            os.wait()
            assert is_running(hook)
            client.check(PICTURE)
            assert hook_pid(client) == hook
            """)
        self.assertEqual((status, output, errors), (0, "", ""))

    def test_multiprocessing(self):
        for method in multiprocessing.get_all_start_methods():
            with self.subTest(method):
                status, output, errors = run_program(f"""
                    import multiprocessing, sys
                    sys.path.insert(0, {str(FOLDER)!r})
                    from test_preflight import *
                    if __name__ == "__main__":
                        client = echoing()
                        echo(client, "parent")
                        context = multiprocessing.get_context({method!r})
                        with context.Pool(4) as pool:
                            captions = [str(number) for number in range(100)]
                            assert pool.starmap(echo, [(client, caption) for caption in captions]) == captions
                    """)
                self.assertEqual((status, output, errors), (0, "", ""))

    def test_a_copy_has_the_same_settings(self):
        with pickle.loads(pickle.dumps(echoing())) as client:
            self.assertEqual(echo(client, "a"), "a")


class Interrupted(Exception):
    pass


class Signals(unittest.TestCase):
    def setUp(self):
        def interrupt(*_):
            raise Interrupted
        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, interrupt))
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)

    def test_the_next_call_does_not_get_the_answer_of_the_one_before(self):
        with fake("late") as client:
            signal.setitimer(signal.ITIMER_REAL, 0.5)
            with self.assertRaises(Interrupted):
                client.check(caption="before")
            # Now both are answered, the one before first.
            self.assertEqual(client.check(caption="after")["caption"], "after")

    def test_a_keyboard_interrupt(self):
        # A shell ignores the signal in what it starts in the background.
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
        with fake("late") as client:
            def interrupt():
                eventually(lambda: client._worker and client._worker.hook and client._worker.hook.in_flight)
                os.kill(os.getpid(), signal.SIGINT)
            thread = threading.Thread(target=interrupt)
            thread.start()
            with self.assertRaises(KeyboardInterrupt):
                client.check(caption="before")
            thread.join()
            self.assertEqual(client.check(caption="after")["caption"], "after")

    def test_signals_at_any_moment(self):
        interrupts = 0
        for start in range(20):
            # A new client each time: its start is interrupted as well.
            client = fake("well")
            for number in range(20):
                caption = f"{start} {number}"
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0.0001 * (number + start % 3))
                    result = client.check(caption=caption)["caption"]
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    self.assertEqual(result, caption)
                except Interrupted:
                    interrupts += 1
            self.assertEqual(client.check(caption="last")["caption"], "last")
            client.close()
        self.assertGreater(interrupts, 0)

    def test_a_handler_may_ask_as_well(self):
        with fake("well") as client:
            results = []
            signal.signal(signal.SIGALRM, lambda *_: results.append(client.check(caption="handler")["caption"]))
            for number in range(300):
                signal.setitimer(signal.ITIMER_REAL, 0.00001 * (1 + number % 30))
                self.assertEqual(client.check(caption=str(number))["caption"], str(number))
                self.assertTrue(eventually(lambda: len(results) == number + 1))
            self.assertEqual(set(results), {"handler"})


class ManyAtOnce(unittest.TestCase):
    def test_thousands_of_requests_by_threads(self):
        with echoing() as client, ThreadPoolExecutor(64) as pool:
            captions = [f"\u00e9\n\u2028\U0001f600{number}" for number in range(3000)]
            self.assertEqual(list(pool.map(lambda caption: echo(client, caption), captions)), captions)

    def test_large_requests_and_answers(self):
        # Neither fits into a pipe. The path comes back in the answer.
        with Preflight(timeout=PATIENCE) as client, ThreadPoolExecutor(32) as pool:
            paths = [f"/{number}/" + "n" * 100_000 for number in range(60)]
            results = list(pool.map(lambda path: client.check(path, endpoint="image", caption="c" * 200_000), paths))
        self.assertTrue(all(result["path"] == path for result, path in zip(results, paths)))

    def test_a_hook_that_fills_standard_error(self):
        status, output, errors = run_program("""
            import os
            from preflight import Preflight
            with Preflight("noisy", executable=os.environ["FAKE"], timeout=300) as client:
                print([client.check(caption=caption)["caption"] for caption in "abc"])
            """)
        self.assertEqual((status, output, len(errors)), (0, "['a', 'b', 'c']\n", 600_003))

    def test_standard_error_that_nobody_reads(self):
        # Nor does one that is closed, whose number another file has.
        for redirection in ("", "os.close(2); os.open(os.devnull, os.O_RDWR);"):
            program = f"""if True:
                import os
                {redirection}
                from preflight import *
                client = Preflight("noisy", executable=os.environ["FAKE"], timeout=1)
                try:
                    print(client.check(caption="a")["caption"])
                except PreflightTimeout:
                    print("too late")
                """
            environment = {**os.environ, "PYTHONPATH": str(FOLDER), "FAKE": str(FAKE)}
            with self.subTest(redirection), subprocess.Popen(
                [sys.executable, "-B", "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            ) as process:
                self.assertEqual(process.stdout.read(), b"a\n" if redirection else b"too late\n")
                self.assertEqual(process.wait(), 0)


class Asyncio(unittest.TestCase):
    def test_many_tasks_and_a_loop_that_goes_on(self):
        async def run():
            with echoing() as client:
                captions = [str(number) for number in range(2000)]
                results = await asyncio.gather(*[client.check_async(**fields(caption)) for caption in captions])
                self.assertEqual([echoed(result) for result in results], captions)
        asyncio.run(run())

    def test_the_loop_is_not_blocked(self):
        async def run():
            with fake("late") as client:
                first = asyncio.ensure_future(client.check_async(caption="first"))
                # The first is answered when the second is sent, which a blocked loop never would.
                await asyncio.sleep(0.01)
                second = await client.check_async(caption="second")
                self.assertEqual(((await first)["caption"], second["caption"]), ("first", "second"))
        asyncio.run(run())

    def test_a_cancelled_tasks_answer_is_dropped(self):
        async def run():
            with fake("late") as client:
                with self.assertRaises(asyncio.TimeoutError):
                    await asyncio.wait_for(client.check_async(caption="cancelled"), 0.5)
                self.assertEqual((await client.check_async(caption="after"))["caption"], "after")
        asyncio.run(run())

    def test_tasks_cancelled_at_any_moment(self):
        async def ask(client, number):
            return number, echoed(await client.check_async(**fields(str(number))))

        async def run():
            with echoing() as client:
                tasks = [asyncio.ensure_future(ask(client, number)) for number in range(1000)]
                for number, task in enumerate(tasks):
                    if number % 3 == 0:
                        task.cancel()
                    if number % 50 == 0:
                        await asyncio.sleep(0)
                results = await asyncio.gather(*tasks, return_exceptions=True)
                for number, result in enumerate(results):
                    if not isinstance(result, asyncio.CancelledError):
                        self.assertEqual(result, (number, str(number)))
                self.assertGreater(sum(isinstance(result, tuple) for result in results), 600)
        asyncio.run(run())

    def test_errors(self):
        async def run():
            with self.assertRaises(PreflightError):
                await Preflight(executable="/nonexistent").check_async(PICTURE)
            self.assertEqual((await preflight.check_async(PICTURE))["verdict"], "accepted")
        asyncio.run(run())


class Paths(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.client = Preflight(timeout=PATIENCE)
        self.addCleanup(self.client.close)
        self.addCleanup(os.chdir, os.getcwd())

    def test_names_with_any_text(self):
        for name in ("a\nb", 'quote " \\ back', "\u00e9\u4e2d\U0001f600", "e\u0301", " ", "\t\x01\x7f", "\u2028", "-", "%41"):
            file = self.folder / (name + ".jpg")
            file.write_bytes(PICTURE.read_bytes())
            for path in (file, str(file), os.fsencode(file)):
                result = self.client.check(path, endpoint="image")
                self.assertEqual((result["verdict"], result["path"]), ("accepted", str(file)))

    def test_what_can_not_be_sent(self):
        for path in (os.fsdecode(b"/a\xff.jpg"), b"/a\xff.jpg", "/\ud800.jpg", "/a\0.jpg", "a\0", ""):
            with self.subTest(path), self.assertRaisesRegex(InvalidRequest, "UTF-8|NUL"):
                self.client.check(path)
        for wrong in ({"caption": "\ud800"}, {"caption": 1}, {"card": 1.0}, {"id": "1"}, {"file": "a"}, {"caption": "x" * (1 << 20)}):
            with self.subTest(str(wrong)[:20]), self.assertRaises(InvalidRequest):
                self.client.check(**wrong)
        with self.assertRaises(TypeError):
            self.client.check(1)
        self.assertEqual(self.client.check(PICTURE)["verdict"], "accepted")

    def test_whole_numbers(self):
        with echoing() as client:
            for card in (3, "3"):
                result = client.check(endpoint="template-card-image", template="new", language="en", card=card, **{
                    key: value for key, value in fields("").items() if key not in ("endpoint", "caption")})
                components = result["request"]["body"]["template"]["components"]
                self.assertEqual(components[0]["cards"][0]["card_index"], 3)

    def test_the_longest_line(self):
        most = (1 << 20) - len(b'{"id": "1", "endpoint": "image", "caption": ""}') - 1
        result = Preflight().check(endpoint="image", caption="x" * most)
        self.assertNotIn("invalid-request", [finding["code"] for finding in result["findings"]])

    def test_relative_paths(self):
        self.client.check(PICTURE)
        (self.folder / "sub").mkdir()
        (self.folder / "a.jpg").write_bytes(PICTURE.read_bytes())
        os.chdir(self.folder)
        self.assertEqual(self.client.check("a.jpg")["path"], str(self.folder / "a.jpg"))
        os.chdir("sub")
        self.assertEqual(self.client.check("../a.jpg")["verdict"], "accepted")
        # The kernel's `..`, not the text's.
        (self.folder / "sub/deep").mkdir()
        (self.folder / "link").symlink_to(self.folder / "sub/deep")
        (self.folder / "sub/b.jpg").write_bytes(PICTURE.read_bytes())
        os.chdir(self.folder)
        self.assertEqual(self.client.check(pathlib.Path("link/../b.jpg"))["verdict"], "accepted")

    def test_a_working_folder_that_is_gone(self):
        gone = self.folder / "gone"
        gone.mkdir()
        os.chdir(gone)
        gone.rmdir()
        with self.assertRaisesRegex(InvalidRequest, "folder is gone"):
            self.client.check("a.jpg")

    def test_urls_are_no_paths(self):
        url = "http://localhost:1/a.jpg"
        result = self.client.check(url)
        self.assertEqual((result["path"], result["findings"][0]["code"]), (url, "media-url-not-public"))
        self.assertEqual(self.client.check("media-id:1", endpoint="image")["path"], "media-id:1")
        probed = self.client.check(endpoint="image", to="15551234567", mediaUrl=url, probe=True)
        self.assertEqual(probed["findings"][0]["code"], "media-url-not-public")

    def test_what_can_not_be_judged(self):
        self.assertEqual(self.client.check(self.folder)["verdict"], "unjudged")
        self.assertEqual(self.client.check(self.folder / "missing")["verdict"], "unjudged")


class Fixing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()

    def test_a_sticker_of_a_picture(self):
        output = self.folder / "sticker.webp"
        result = preflight.fix(PICTURE, "sticker", output=output)
        self.assertEqual((result["fix"]["output"], result["fix"]["verdict"]), (str(output), "accepted"))
        self.assertEqual(preflight.check(output, endpoint="sticker")["verdict"], "accepted")
        with self.assertRaisesRegex(PreflightError, "sticker.webp exists; force=True overwrites it"):
            preflight.fix(PICTURE, "sticker", output=output)
        self.assertEqual(preflight.fix(PICTURE, "sticker", output=output, force=True)["fix"]["output"], str(output))

    def test_a_folder_for_what_is_made(self):
        async def run():
            async with Preflight("--policy=whatsapp-cloud") as client:
                return await client.fix_async(PICTURE, "sticker", output_dir=self.folder)
        self.assertEqual(asyncio.run(run())["fix"]["output"], str(self.folder / "rgb.webp"))

    def test_what_is_accepted_is_left_alone(self):
        self.assertIsNone(preflight.fix(PICTURE)["fix"]["output"])

    def test_what_can_not_be_fixed(self):
        text = self.folder / "text.txt"
        text.write_text("text")
        self.assertIn("reason", preflight.fix(text, "sticker")["fix"])
        self.assertEqual(preflight.fix(self.folder / "missing")["verdict"], "unjudged")
        with self.assertRaises(PreflightError):
            preflight.fix(PICTURE, "nonsense")
        with self.assertRaises(PreflightError):
            Preflight(executable="/nonexistent").fix(PICTURE)

    def test_a_cancelled_task_leaves_nothing(self):
        async def run():
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(preflight.fix_async(PICTURE, "sticker", output_dir=self.folder), 0)
        asyncio.run(run())
        self.assertEqual(os.listdir(self.folder), [])


class Ends(unittest.TestCase):
    def test_programs_that_never_close(self):
        for text in (
            "check(os.environ['PICTURE'])",
            "client = Preflight(); client.check(os.environ['PICTURE'])",
            "threading.Thread(target=Preflight('stuck', executable=os.environ['FAKE']).check, daemon=True).start(); "
            "time.sleep(0.5)",
            "client = Preflight(); client.check(os.environ['PICTURE']); client.itself = client",
            "asyncio.run(preflight.check_async(os.environ['PICTURE']))",
        ):
            with self.subTest(text):
                # It would be a zombie if it were still a child at the end.
                status, output, errors = run_program(f"""
                    import asyncio, atexit, os, threading, time

                    def last():
                        try:
                            print(os.waitpid(-1, os.WNOHANG))
                        except ChildProcessError:
                            print("no child")
                    atexit.register(last)
                    import preflight
                    from preflight import *
                    {text}
                    """)
                self.assertEqual((status, output, errors), (0, "no child\n", ""))

    def test_a_client_that_is_dropped_ends_its_process(self):
        client = Preflight()
        client.check(PICTURE)
        pid = hook_pid(client)
        del client
        self.assertTrue(eventually(lambda: not is_running(pid)))

    def test_close_leaves_no_process_and_no_file(self):
        status, output, errors = run_program(f"""
            import os, sys
            sys.path.insert(0, {str(FOLDER)!r})
            from test_preflight import *
            before = os.listdir("/dev/fd")
            for _ in range(5):
                with Preflight() as client:
                    client.check(PICTURE)
                    pid = hook_pid(client)
                assert not is_running(pid)
            del client
            assert os.listdir("/dev/fd") == before
            """)
        self.assertEqual((status, output, errors), (0, "", ""))

    def test_no_zombie_is_left_by_a_process_that_died_idle(self):
        with Preflight() as client:
            client.check(PICTURE)
            process = client._worker.hook.process
            process.kill()
            self.assertTrue(eventually(lambda: process.returncode is not None))


if __name__ == "__main__":
    unittest.main()
