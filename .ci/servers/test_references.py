"""What URLs, media IDs and uploads lead to, tried with real servers. Run by .ci/references."""

import hashlib
import json
import os
import re
import resource
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import world
from world import PRIVATE, PUBLIC, TLS_PORTS, fixture, scratch

FOLDER = os.environ["PREFLIGHT_FOLDER"]
PREFLIGHT = os.path.join(FOLDER, "preflight")

world.make_network()
ROOT = world.make_certificates()
RESOLVER = world.Resolver()
NGINX = world.Nginx()
ODD = world.Misbehaving()
KEEPING = world.Keeping(8001)
GRAPH = world.Graph()

BASE = "https://media.example.com"
ENVIRONMENT = {"PATH": os.environ["PATH"], "SSL_CERT_FILE": ROOT, "TMPDIR": scratch}
WITH_TOKEN = ENVIRONMENT | {"WHATSAPP_ACCESS_TOKEN": world.Graph.token}


def preflight(*arguments, input=None, env=ENVIRONMENT, timeout=90):
    return subprocess.run(
        [PREFLIGHT, *arguments], input=input, env=env, capture_output=True, text=True, timeout=timeout
    )


def check(reference, *options, env=ENVIRONMENT):
    run = preflight("check", "--isolated", "--format", "ndjson", *options, reference, env=env)
    result = json.loads(run.stdout)
    result["exit"] = run.returncode
    return result


def codes(result, severity=None):
    return [f["code"] for f in result["findings"] if severity in (None, f["severity"])]


def message(result, code):
    return next(f["message"] for f in result["findings"] if f["code"] == code)


class Answers(unittest.TestCase):
    """What nginx answers, over TLS."""

    def test_good_file(self):
        result = check(BASE + "/photo.jpg")
        self.assertEqual((result["verdict"], codes(result), result["exit"]), ("accepted", [], 0))
        self.assertEqual(result["path"], BASE + "/photo.jpg")
        self.assertEqual(result["size"], len(fixture("pictures/rgb.jpg")))
        self.assertEqual(result["url"]["status"], 200)
        self.assertEqual(result["url"]["contentType"], "image/jpeg")
        self.assertEqual(result["url"]["bytesRead"], result["size"])

    def test_address_of_version_6(self):
        result = check(f"http://[{world.PUBLIC_V6}]:8443/photo.jpg")
        self.assertIn("url-status", codes(result))  # nginx: plain HTTP sent to an HTTPS port

    def test_every_address_is_tried(self):
        result = check("http://dual.example.com/photo.jpg")
        self.assertEqual((result["verdict"], result["url"]["status"]), ("accepted", 200))

    def test_certificate_is_that_of_the_address_that_answers(self):
        result = check(f"https://dual.example.com:{TLS_PORTS['selfsigned']}/photo.jpg")
        self.assertIn("is self-signed", message(result, "url-unreachable"))

    def test_statuses(self):
        for path, words in {
            "none.jpg": "There is no such file",
            "private.jpg": "private",
            "login.jpg": "behind a login",
            "limited.jpg": "limits how often",
            "broken.jpg": "may pass",
        }.items():
            result = check(f"{BASE}/{path}")
            self.assertEqual((codes(result), result["exit"]), (["url-status"], 1), path)
            self.assertIn(words, message(result, "url-status"))
            self.assertEqual(result["findings"][0]["actual"], str(result["url"]["status"]))

    def test_redirect_is_not_followed(self):
        before = len(NGINX.requests())
        result = check(BASE + "/moved.jpg")
        self.assertEqual(codes(result), ["url-redirects"])
        self.assertEqual(result["findings"][0]["actual"], "https://other.example.com/photo.jpg")
        self.assertEqual(result["url"]["location"], "https://other.example.com/photo.jpg")
        self.assertEqual(len(NGINX.requests()), before + 1)

    def test_only_plain_gets_are_sent(self):
        check(BASE + "/photo.jpg?only-once")
        own = [line for line in NGINX.requests() if "only-once" in line]
        self.assertEqual(len(own), 1)
        self.assertIn('"GET /photo.jpg?only-once HTTP/1.1" 200', own[0])
        ODD.requests.clear()
        check(ODD.base + "/good.jpg")
        self.assertNotIn("accept-encoding", ODD.requests[0].lower())
        self.assertNotIn("range:", ODD.requests[0].lower())
        self.assertIn("user-agent: preflight/", ODD.requests[0].lower())

    def test_content_types(self):
        for path, severity, verdict in [
            ("typeless.jpg", "warning", "accepted"),
            ("octets.jpg", "warning", "accepted"),
            ("wrong.jpg", "error", "rejected"),
        ]:
            result = check(f"{BASE}/{path}")
            self.assertEqual(codes(result, severity), ["url-content-type"], path)
            self.assertEqual(result["verdict"], verdict)

    def test_name_of_the_url_is_the_name_of_the_file(self):
        result = check(BASE + "/photo.png")
        self.assertIn("extension-mismatch", codes(result))

    def test_web_page(self):
        result = check(BASE + "/page.html")
        self.assertIn("Sign in – Example", message(result, "url-content-type"))
        self.assertEqual(result["verdict"], "rejected")

    def test_too_large_file_is_not_read_to_its_end(self):
        for options in [], ["--endpoint", "image"]:
            result = check(BASE + "/big.jpg", *options)
            self.assertEqual(codes(result, "error"), ["file-too-large"])
            self.assertLess(result["url"]["bytesRead"], 1_000_000)
            self.assertEqual((result["endpoint"], result["mediaType"]), ("image", "image/jpeg"))
            self.assertEqual(result["size"], len(fixture("pictures/rgb.jpg")) + 6_000_000)

    def test_exact_cap(self):
        for extra, expected in (0, False), (1, True):
            size = 5 * 1024 * 1024 + extra
            with open(os.path.join(NGINX.web, "exact.jpg"), "wb") as file:
                jpeg = fixture("pictures/rgb.jpg")
                file.write(jpeg + bytes(size - len(jpeg)))
            result = check(BASE + "/exact.jpg", "--endpoint", "image")
            self.assertEqual("file-too-large" in codes(result), expected)

    def test_certificates(self):
        for name, words in {
            "expired": "has expired",
            "selfsigned": "is self-signed",
            "incomplete": "is incomplete",
            "future": "is not yet valid",
            "unknown": "isn't trusted",
        }.items():
            result = check(f"{BASE}:{TLS_PORTS[name]}/photo.jpg")
            self.assertEqual(codes(result), ["url-unreachable"], name)
            self.assertIn(words, message(result, "url-unreachable"))
        result = check("https://other.example.com/photo.jpg")
        self.assertIn("is for another name", message(result, "url-unreachable"))
        result = check(f"https://media.example.com:80/photo.jpg")
        self.assertIn("doesn't speak TLS", message(result, "url-unreachable"))

    def test_many_at_once_in_order(self):
        urls = [f"{BASE}/photo-{n}.jpg" for n in range(300)]
        run = preflight(
            "check", "--isolated", "--format", "ndjson", "--files-from", "-", input="\n".join(urls)
        )
        results = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual([r["path"] for r in results], urls)
        self.assertEqual({r["verdict"] for r in results}, {"accepted"})

    def check_all(self, urls, *options):
        run = preflight(
            "check", "--isolated", "--format", "ndjson", "--files-from", "-", *options, input="\n".join(urls)
        )
        return [json.loads(line) for line in run.stdout.splitlines()]

    def test_connections_that_were_kept(self):
        for name in "good", "closes", "twice", "garbage":
            before = len(KEEPING.requests)
            results = self.check_all([f"{KEEPING.base}/{name}-{n}.jpg" for n in range(60)])
            self.assertEqual({r["verdict"] for r in results}, {"accepted"}, name)
            # One may be sent again for each connection that was kept.
            self.assertLessEqual(len(KEEPING.requests) - before, 68, name)

    def test_one_that_ends_the_client(self):
        urls = [f"{BASE}/photo-{n}.jpg" for n in range(30)]
        urls[15] = ODD.base + "/status-zero.jpg"
        results = self.check_all(urls)
        self.assertEqual([r["path"] for r in results if r["verdict"] != "accepted"], [urls[15]])
        self.assertEqual(codes(results[15], "error"), ["url-unreachable"])

    def test_many_that_are_slow(self):
        # Eight are fetched at a time; the others wait for them, and have their own time.
        urls = [f"{ODD.base}/silent.jpg?{n}" for n in range(10)] + [BASE + "/photo.jpg"]
        results = self.check_all(urls, "--url-timeout", "3", "--jobs", "11")
        self.assertEqual([r["verdict"] for r in results], ["rejected"] * 10 + ["accepted"])

    def test_one_that_is_slow_among_many_hosts(self):
        # More hosts than clients are kept.
        urls = [ODD.base + "/later.jpg"] + [f"http://n{n}.many.example.com:8000/good.jpg" for n in range(100)]
        results = self.check_all(urls, "--jobs", "4")
        self.assertEqual([r["verdict"] for r in results], ["accepted"] * 101)

    def test_many_names_that_are_not_found(self):
        urls = [f"http://n{n}.silent.example.com/a.jpg" for n in range(16)] + [f"{BASE}/photo-{n}.jpg" for n in range(16)]
        results = self.check_all(urls, "--url-timeout", "3")
        self.assertEqual([r["verdict"] for r in results], ["unjudged"] * 16 + ["accepted"] * 16)

    def test_escapes_are_sent_as_they_are(self):
        for path, sent in {
            "/good.jpg?a=%20&x[]=1": "/good.jpg?a=%20&x%5B%5D=1",
            "/good.jpg?a=%2F&b=ü&c=100%": "/good.jpg?a=%2F&b=%C3%BC&c=100%25",
            "/good.jpg?X-Amz-Credential=A%2F2026&q=[x]#top": "/good.jpg?X-Amz-Credential=A%2F2026&q=%5Bx%5D",
        }.items():
            self.assertEqual(check(ODD.base + path)["url"]["status"], 200, path)
            self.assertEqual(ODD.requests[-1].splitlines()[0], f"GET {sent} HTTP/1.1")

    def test_hostile_list(self):
        words = ["http://", "https://[", "http://a b", "https://\u202e", "http://127.1/", "https://%00/", "http:///x"]
        lines = [words[n % len(words)] + "x" * (n % 50) for n in range(10_000)]
        run = preflight(
            "check", "--isolated", "--format", "ndjson", "--files-from", "-", input="\n".join(lines)
        )
        results = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual(len(results), len(lines))
        self.assertEqual({r["verdict"] for r in results}, {"rejected"})


class PrivateHosts(unittest.TestCase):
    """Nothing is sent into private networks."""

    def test_every_spelling(self):
        spellings = [
            "127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0", "localhost", "LOCALHOST.",
            "loop.example.com", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:10.1.2.3]", "[64:ff9b::10.1.2.3]", PRIVATE,
            "10.66051", "inside.example.com", "both.example.com", "metadata.example.com", "169.254.169.254",
            "[fe80::1]", "[fc00::1]", "[2002:0a01:0203::]", "100.64.0.1", "intranet", "x.internal", "10%2e1.2.3",
            "１０.1.2.3", "user@10.1.2.3", "media.example.com@10.1.2.3", "168.63.129.16", "192.0.0.192", "198.18.0.1",
            "192.0.2.1", "[64:ff9b:1::a01:203]", "[2001::1]", "[2001:db8::1]", "[100::1]", "[5f00::1]",
        ]
        before = len(NGINX.requests("private.log"))
        for host in spellings:
            result = check(f"http://{host}/photo.jpg")
            self.assertEqual(result["verdict"], "rejected", host)
            self.assertTrue({"media-url-not-public", "invalid-media-url"} & set(codes(result)), (host, codes(result)))
        self.assertEqual(len(NGINX.requests("private.log")), before)

    def test_option_opens_them(self):
        result = check(f"http://inside.example.com/photo.jpg", "--allow-private-hosts")
        self.assertEqual((result["verdict"], codes(result)), ("accepted", ["insecure-media-url"]))
        request = preflight(
            "payload", "--endpoint", "image", "--to", "+491701234567", "--media-url", f"https://{PRIVATE}/a.jpg",
            "--allow-private-hosts",
        )
        self.assertEqual(request.returncode, 0, request.stderr)

    def test_names_that_change_between_look_ups(self):
        RESOLVER.asked = 0
        result = check("http://rebind.example.com/photo.jpg")
        self.assertEqual(result["url"]["status"], 200)
        self.assertEqual(RESOLVER.asked, 1)
        RESOLVER.asked = 1
        result = check("http://rebind.example.com/photo.jpg")
        self.assertIn("media-url-not-public", codes(result))

    def test_every_spelling_is_looked_up_once(self):
        private = world.Watch(8000)
        for host in (
            "a.rebind.example.com", "A.REBIND.example.com", "a.rebind.example.com.", "a.rebin%64.example.com",
            "a%2erebind.example.com", "rebind.example.com%2e",
        ):
            RESOLVER.asked = 0
            self.assertEqual(check(f"http://{host}:8000/good.jpg")["url"]["status"], 200, host)
            self.assertEqual((RESOLVER.asked, private.count), (1, 0), host)
        # In one run, one spelling after another.
        RESOLVER.asked = 0
        preflight(
            "check", "--isolated", "--jobs", "1", "http://b.rebind.example.com:8000/good.jpg",
            "http://B.rebind.example.com:8000/good.jpg",
        )
        self.assertEqual(private.count, 0)

    def test_reason_of_a_certificate_is_looked_for_where_it_was_sent(self):
        for kind in "expired", "selfsigned", "incomplete":
            private = world.Watch(TLS_PORTS[kind])
            RESOLVER.asked = 0
            result = check(f"https://a.rebind.example.com:{TLS_PORTS[kind]}/photo.jpg")
            self.assertEqual(codes(result), ["url-unreachable"])
            self.assertEqual((RESOLVER.asked, private.count), (1, 0), kind)

    def test_no_authorities_is_no_rejection(self):
        missing = os.path.join(scratch, "no-such-file")
        result = check(BASE + "/photo.jpg", env=ENVIRONMENT | {"SSL_CERT_FILE": missing})
        self.assertEqual(result["verdict"], "unjudged")
        self.assertIn("ca-certificates", message(result, "unreadable"))

    def test_no_resolver_is_no_rejection(self):
        # A name server that refuses connections: nothing is learned of the URL.
        path = os.path.join(scratch, "no-resolver")
        with open(path, "w") as file:
            file.write("nameserver 127.0.0.54\noptions timeout:1 attempts:1\n")
        run = subprocess.run(
            ["unshare", "--mount", "sh", "-c",
             f"mount --bind {path} /etc/resolv.conf; exec {PREFLIGHT} check --isolated --format ndjson https://unknown.example.com/a.jpg"],
            env=ENVIRONMENT, capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual((run.returncode, json.loads(run.stdout)["verdict"]), (2, "unjudged"))

    def test_no_route_is_no_rejection(self):
        result = check("http://198.41.0.4/a.jpg")
        self.assertEqual((result["exit"], result["verdict"]), (2, "unjudged"))
        self.assertIn("no route", message(result, "unreadable"))


class OddServers(unittest.TestCase):
    """Servers that do what they shouldn't: each gets a result by name, in time, and no more is read than the cap."""

    def odd(self, name, *options):
        start = time.monotonic()
        result = check(f"{ODD.base}/{name}", "--url-timeout", "3", *options)
        self.assertLess(time.monotonic() - start, 8)
        result["findings"] = [f for f in result["findings"] if f["code"] != "insecure-media-url"]
        return result

    def test_accepted(self):
        for name in "good", "chunked", "partial", "longer-than-said", "twice", "continues", "stored-encoding":
            result = self.odd(name + ".jpg")
            damaged = ["damaged-file"] if name == "longer-than-said" else []
            self.assertEqual(codes(result, "error"), damaged, name)

    def test_unreachable(self):
        for name, words in {
            "silent": "no answer came within 3 seconds",
            "drip": "wasn't complete within 3 seconds",
            "endless-headers": "isn't valid HTTP",
            "huge-header": "isn't valid HTTP",
            "endless-reason": "isn't valid HTTP",
            "endless-chunk-line": "isn't valid HTTP",
            "continues-for-ever": "isn't valid HTTP",
            "coded-transfer": "compresses the transfer",
            "zipped-beginning": "compressed answer breaks off",
            "zipped-name-without-end": "compressed answer has no end",
            "shorter-than-said": "breaks off",
            "breaks-off": "breaks off",
            "resets": "breaks off",
            "closes": "without an answer",
            "bad-chunk": "isn't valid HTTP",
            "not-http": "isn't valid HTTP",
            "two-lengths": "isn't valid HTTP",
            "negative-length": "isn't valid HTTP",
            "zipped-cut": "compressed answer breaks off",
            "status-zero": "isn't valid HTTP",
            "status-99": "isn't valid HTTP",
            "part": "sends a part of the file",
        }.items():
            result = self.odd(name + ".jpg")
            self.assertEqual(codes(result), ["url-unreachable"], name)
            self.assertIn(words, message(result, "url-unreachable"), name)

    def test_no_end(self):
        result = self.odd("until-close.jpg")
        self.assertEqual((result["verdict"], codes(result)), ("accepted", ["url-no-length"]))

    def test_endless(self):
        for name in "endless", "bomb":
            for options in [], ["--endpoint", "image"]:
                result = self.odd(name + ".jpg", *options)
                self.assertIn("file-too-large", codes(result), name)
                self.assertLess(result["url"]["bytesRead"], 6_000_000)

    def test_what_refuses_is_an_answer(self):
        result = self.odd("missing-and-hangs.jpg")
        self.assertEqual((codes(result), result["url"]["status"]), (["url-status"], 404))
        self.assertIn("Gone", message(result, "url-status"))
        self.assertEqual(codes(self.odd("moved-and-cut.jpg")), ["url-redirects"])

    def test_compressed(self):
        result = self.odd("zipped-and-more.jpg")
        self.assertEqual((result["verdict"], codes(result, "error")), ("accepted", []))
        self.assertLess(result["url"]["bytesRead"], 1_000_000)
        for name in "zipped", "deflated":
            result = self.odd(name + ".jpg")
            self.assertEqual((result["verdict"], codes(result)), ("accepted", ["url-content-encoding"]), name)
            self.assertEqual(result["size"], len(fixture("pictures/rgb.jpg")))
        self.assertEqual(codes(self.odd("brotli.jpg"), "error"), ["url-content-encoding"])

    def test_slow(self):
        result = check(ODD.base + "/slow.jpg")
        self.assertIn("url-slow", codes(result, "warning"))

    def test_nothing(self):
        self.assertEqual(codes(self.odd("empty.jpg"), "error"), ["empty-file"])
        self.assertEqual(codes(self.odd("no-content.jpg"), "error"), ["url-status"])
        self.assertEqual(codes(self.odd("moved-without-location.jpg"), "error"), ["url-redirects"])
        result = check(f"http://media.example.com:1/x.jpg")
        self.assertIn("nothing listens", message(result, "url-unreachable"))

    def test_pages(self):
        for name in "page", "page-as-jpeg":
            self.assertIn("Sign in - Example", message(self.odd(name + ".jpg"), "url-content-type"))

    def test_refused_signatures(self):
        query = "?X-Amz-Signature=abc&X-Amz-Date=20200101T000000Z"
        result = self.odd("expired-signature.jpg" + query)
        self.assertIn("signature has expired", message(result, "url-status"))
        result = self.odd("refused-signature.jpg" + query)
        self.assertIn("signature was refused", message(result, "url-status"))
        self.assertIn("SignatureDoesNotMatch", message(result, "url-status"))

    def test_what_the_text_refuses_is_not_fetched(self):
        ODD.requests.clear()
        check(ODD.base + "/good.jpg?X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Signature=a")
        self.assertEqual(ODD.requests, [])

    def test_memory(self):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        for name in "endless", "bomb", "huge-header":
            self.odd(name + ".jpg", "--endpoint", "document")
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertLess(max(before, after), 120 * 1024)


class Hook(unittest.TestCase):
    def test_probe(self):
        fields = {"endpoint": "image", "to": "+491701234567", "probe": True}
        requests = [
            fields | {"id": 1, "mediaUrl": BASE + "/photo.jpg"},
            fields | {"id": 2, "mediaUrl": BASE + "/none.jpg"},
            fields | {"id": 3, "mediaUrl": "http://10.1.2.3/a.jpg"},
            {"id": 4, "file": BASE + "/photo.jpg"},
            fields | {"id": 5},
            fields | {"id": 6, "file": "x", "mediaUrl": BASE + "/photo.jpg"},
        ]
        run = preflight("hook", input="\n".join(map(json.dumps, requests)))
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual(
            [a["verdict"] for a in answers],
            ["accepted", "rejected", "rejected", "accepted", "rejected", "rejected"],
        )
        self.assertEqual(answers[0]["request"]["body"]["mediaUrl"], BASE + "/photo.jpg")
        self.assertEqual(answers[1]["findings"][0]["subject"], "mediaUrl")
        self.assertEqual(codes(answers[5]), ["invalid-request"])

    def test_dead_program_is_replaced(self):
        hook = subprocess.Popen(
            [PREFLIGHT, "hook", "--url-timeout", "3"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True
        )

        def ask():
            hook.stdin.write(json.dumps({"file": BASE + "/photo.jpg"}) + "\n")
            hook.stdin.flush()
            return json.loads(hook.stdout.readline())["verdict"]

        for _ in range(3):
            self.assertEqual(ask(), "accepted")
            time.sleep(1.1)
            subprocess.run(["pkill", "-KILL", "-x", "preflight-fetch"], check=True)
        # One that dies while it fetches.
        hook.stdin.write(json.dumps({"file": ODD.base + "/silent.jpg"}) + "\n")
        hook.stdin.flush()
        time.sleep(0.5)
        subprocess.run(["pkill", "-KILL", "-x", "preflight-fetch"], check=True)
        answer = json.loads(hook.stdout.readline())
        self.assertEqual(answer["verdict"], "rejected", answer)
        # What ends it at once, each time, takes only its own answer with it.
        for _ in range(2):
            hook.stdin.write(json.dumps({"file": ODD.base + "/silent.jpg"}) + "\n")
            hook.stdin.flush()
            for _ in range(3):
                time.sleep(0.3)
                subprocess.run(["pkill", "-KILL", "-x", "preflight-fetch"], check=True)
            answer = json.loads(hook.stdout.readline())
            self.assertEqual((answer["verdict"], codes(answer)), ("unjudged", ["unreadable"]), answer)
        self.assertEqual(ask(), "accepted")
        hook.stdin.close()
        hook.wait(10)
        hook.stdout.close()

    def test_nothing_is_left_behind(self):
        check(BASE + "/photo.jpg")
        time.sleep(0.5)
        self.assertEqual(subprocess.run(["pgrep", "-f", "preflight-fetch|supervise-fetch"]).returncode, 1)

    def test_no_sockets_where_files_are_parsed(self):
        trace = os.path.join(scratch, "trace")
        subprocess.run(
            ["strace", "-ff", "-o", trace, "-e", "trace=%network,execve,seccomp", PREFLIGHT, "check", "--isolated", BASE + "/photo.jpg"],
            env=ENVIRONMENT, capture_output=True,
        )  # fmt: skip
        traces = {}
        for name in filter(lambda name: name.startswith("trace."), os.listdir(scratch)):
            with open(os.path.join(scratch, name)) as file:
                traces[name] = file.read()
        enters = "seccomp(SECCOMP_SET_MODE_FILTER"
        readers = [t for t in traces.values() if enters in t]
        self.assertEqual(len(readers), 1)
        before, after = readers[0].split(enters, 1)
        self.assertEqual(len(re.findall(r"^socketpair\(", before, re.M)), 1)
        self.assertNotRegex(before + after, r"(?m)^(socket|connect|bind|sendto)\(")


class Meta(unittest.TestCase):
    """A stand-in for Meta."""

    def meta(self, *arguments, env=WITH_TOKEN):
        return preflight(*arguments, "--graph-url", GRAPH.url, env=env)

    def test_media_ids(self):
        options = ["--graph-url", GRAPH.url]
        result = check("media-id:111", *options, env=WITH_TOKEN)
        self.assertEqual((result["verdict"], result["path"]), ("accepted", "media-id:111"))
        self.assertEqual(codes(check("media-id:999", *options, env=WITH_TOKEN)), ["media-id-unknown"])
        self.assertEqual(codes(check("media-id:333", *options, env=WITH_TOKEN)), ["media-id-expired"])
        self.assertEqual(check("media-id:111", *options)["verdict"], "unjudged")
        # An answer that says nothing of the media, and a download that fails.
        for id in "410", "411":
            self.assertEqual(check("media-id:" + id, *options, env=WITH_TOKEN)["verdict"], "unjudged", id)
        slash = check("media-id:111", "--graph-url", GRAPH.url + "/", env=WITH_TOKEN)
        self.assertEqual(slash["verdict"], "accepted")

    def test_what_meta_states(self):
        options = ["--graph-url", GRAPH.url]
        with open(os.path.join(world.FIXTURES, "pictures/rgb.jpg"), "rb") as file:
            data = file.read()
        digest = hashlib.sha256(data).hexdigest()
        stated = {"mediaType": "image/jpeg", "size": len(data), "sha256": digest}
        # As the API answers, and as its documentation and its webhooks write it.
        for id in "111", "403":
            result = check("media-id:" + id, *options, env=WITH_TOKEN)
            self.assertEqual((result["upload"], result["findings"]), (stated, []), id)
        result = check("media-id:404", *options, env=WITH_TOKEN)
        self.assertEqual(result["verdict"], "accepted")
        self.assertEqual(result["upload"], {"mediaType": None, "size": None, "sha256": None})
        inspected = self.meta("inspect", "media-id:111")
        words = " ".join(inspected.stdout.split())
        self.assertIn(f"Meta states: image/jpeg, {len(data)} bytes, SHA-256 {digest}", words)

    def test_download_that_is_not_the_upload(self):
        for id, said in {"401": f"states {len(ODD.jpeg) + 1} bytes", "402": "SHA-256"}.items():
            result = check("media-id:" + id, "--graph-url", GRAPH.url, env=WITH_TOKEN)
            self.assertEqual((result["verdict"], codes(result)), ("rejected", ["url-unreachable"]), id)
            self.assertIn(said, message(result, "url-unreachable"))

    def test_media_that_may_not_be_downloaded(self):
        def stated(id, *more):
            result = check("media-id:" + id, "--graph-url", GRAPH.url, *more, env=WITH_TOKEN)
            return result["verdict"], result["endpoint"], codes(result)

        self.assertEqual(stated("405"), ("accepted", "image", ["media-not-checked"]))
        self.assertEqual(stated("406"), ("accepted", "image", ["media-not-checked"]))
        self.assertEqual(stated("407"), ("rejected", "image", ["file-too-large", "media-not-checked"]))
        self.assertEqual(stated("408"), ("accepted", "sticker", ["media-not-checked"]))
        wrong = ("rejected", "video", ["media-type-not-allowed", "media-not-checked"])
        self.assertEqual(stated("405", "--endpoint", "video"), wrong)
        # Where the file should be, and isn't, it can't be sent either.
        self.assertEqual(stated("409")[::2], ("rejected", ["url-status"]))
        run = self.meta(
            "payload", "--policy", "whatsapp-cloud", "--endpoint", "image", "--to", "+491701234567",
            "--phone-number-id", "555", "--media-id", "405", "--probe",
        )
        self.assertEqual((run.returncode, json.loads(run.stdout)["image"]), (0, {"id": "405"}))

    def test_one_deadline_for_both_calls(self):
        start = time.monotonic()
        result = check("media-id:415", "--graph-url", GRAPH.url, "--url-timeout", "3", env=WITH_TOKEN)
        self.assertLess(time.monotonic() - start, 3.9)
        self.assertEqual(codes(result), ["url-unreachable"])

    def test_foreign_media(self):
        run = self.meta(
            "payload", "--policy", "whatsapp-cloud", "--endpoint", "image", "--to", "+491701234567",
            "--phone-number-id", "999", "--media-id", "111", "--probe",
        )
        self.assertEqual((run.returncode, codes(json.loads(run.stdout), "error")), (1, ["media-id-foreign"]))

    def test_token_is_shown_nowhere(self):
        # Servers that quote what they were sent.
        for id in "412", "413", "414":
            for command in [["check", "--isolated"], ["check", "--isolated", "--format", "ndjson"], ["inspect"]]:
                run = self.meta(*command, "media-id:" + id)
                self.assertNotIn(GRAPH.token, run.stdout + run.stderr, id)
        # The second one is longer than what is shown of Meta's words.
        for token in "EAAGwrong987", "EAAGwrong987" * 50:
            wrong = ENVIRONMENT | {"WHATSAPP_ACCESS_TOKEN": token}
            run = self.meta("check", "--isolated", "media-id:111", env=wrong)
            self.assertEqual(run.returncode, 2)
            self.assertNotIn("EAAGwrong987", run.stdout + run.stderr)
            self.assertIn("$WHATSAPP_ACCESS_TOKEN", run.stdout)


class Upload(unittest.TestCase):
    jpeg = os.path.join(world.FIXTURES, "pictures/rgb.jpg")

    def upload(self, *arguments, env=WITH_TOKEN):
        return preflight("upload", *arguments, "--graph-url", GRAPH.url, env=env)

    def test_media(self):
        GRAPH.uploads.clear()
        run = self.upload(self.jpeg, "--phone-number-id", "555")
        self.assertEqual((run.returncode, json.loads(run.stdout)), (0, {"mediaId": "4242"}), run.stderr)
        kind, body = GRAPH.uploads[0]
        self.assertTrue(kind.startswith("multipart/form-data; boundary="))
        self.assertIn(fixture("pictures/rgb.jpg"), body)
        for part in b'name="messaging_product"\r\n\r\nwhatsapp', b'name="type"\r\n\r\nimage/jpeg', b'filename="rgb.jpg"':
            self.assertIn(part, body)

    def test_message_of_an_upload(self):
        for policy, body in {
            "waconnect": {"to": "491701234567", "mediaId": "4242", "caption": "Hello", "phoneNumberId": "555"},
            "whatsapp-cloud": {
                "messaging_product": "whatsapp", "recipient_type": "individual", "to": "491701234567", "type": "image",
                "image": {"id": "4242", "caption": "Hello"},
            },
        }.items():  # fmt: skip
            run = self.upload(
                self.jpeg, "--phone-number-id", "555", "--to", "+49 170 1234567", "--caption", "Hello", "--policy", policy
            )
            self.assertEqual((run.returncode, json.loads(run.stdout)), (0, body), run.stderr)

    def test_file_behind_a_url(self):
        GRAPH.uploads.clear()
        run = self.upload(BASE + "/photo.jpg", "--phone-number-id", "555")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn(b'filename="photo.jpg"', GRAPH.uploads[0][1])

    def test_what_is_rejected_is_not_sent(self):
        GRAPH.uploads.clear()
        GRAPH.requests.clear()
        cmyk = os.path.join(world.FIXTURES, "pictures/cmyk.jpg")
        self.assertEqual(self.upload(cmyk, "--phone-number-id", "555").returncode, 1)
        self.assertEqual(self.upload(self.jpeg, "--phone-number-id", "555", "--to", "1").returncode, 1)
        self.assertEqual(self.upload(self.jpeg + ".none", "--phone-number-id", "555").returncode, 2)
        self.assertEqual(self.upload(self.jpeg).returncode, 2)
        self.assertEqual(GRAPH.requests, [])

    def test_sample(self):
        GRAPH.received = b""
        run = self.upload(self.jpeg, "--app-id", "777", "--sample")
        self.assertEqual((run.returncode, json.loads(run.stdout)), (0, {"handle": "4::aW1hZ2U="}), run.stderr)
        self.assertEqual(GRAPH.received, fixture("pictures/rgb.jpg"))

    def test_sample_that_breaks_off_is_resumed(self):
        GRAPH.received = b""
        GRAPH.breaks_off_after = 100
        run = self.upload(self.jpeg, "--app-id", "777", "--sample")
        self.assertEqual((run.returncode, json.loads(run.stdout)), (0, {"handle": "4::aW1hZ2U="}), run.stderr)
        self.assertEqual(GRAPH.received, fixture("pictures/rgb.jpg"))

    def test_sample_whose_state_is_unknown_is_not_sent_twice(self):
        GRAPH.received = b""
        GRAPH.breaks_off_after = 100
        GRAPH.states_offset = False
        try:
            run = self.upload(self.jpeg, "--app-id", "777", "--sample")
        finally:
            GRAPH.states_offset = True
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertEqual(len(GRAPH.received), 100)

    def test_wrong_kind_of_sample(self):
        audio = os.path.join(world.FIXTURES, "audio/mono.opus")
        self.assertEqual(self.upload(audio, "--app-id", "777", "--sample").returncode, 1)

    def test_refusals_of_meta(self):
        GRAPH.refusal = world.error(100, "Param file must be a file with one of the following types: image/jpeg")
        try:
            run = self.upload(self.jpeg, "--phone-number-id", "555")
        finally:
            GRAPH.refusal = None
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertIn("Param file must be", run.stderr)
        # What says nothing of the file.
        for code, words in {
            10: "no permission", 104: "no proof", 80007: "rate limit", 131016: "service unavailable", 131031: "locked",
            131057: "maintenance",
        }.items():  # fmt: skip
            GRAPH.refusal = world.error(code, words)
            try:
                run = self.upload(self.jpeg, "--phone-number-id", "555")
                self.assertEqual((run.returncode, run.stdout), (2, ""), code)
                self.assertIn(words, run.stderr)
                self.assertEqual(check("media-id:111", "--graph-url", GRAPH.url, env=WITH_TOKEN)["verdict"], "unjudged")
            finally:
                GRAPH.refusal = None

    def test_answers_without_an_id(self):
        refusal = world.error(100, "Param file is invalid")
        unserved = world.error(131000, "Something went wrong")
        text = {"error": {"message": "Not this file", "code": "100", "error_subcode": "x", "error_data": "Too long"}}
        nothing = "not uploaded: Meta's answer has no media ID"
        for answer, status, words in [
            ({"id": ""}, 2, nothing), ({"id": "12\n34"}, 2, nothing), ({}, 2, nothing), ({"id": []}, 2, "something other"),
            (refusal, 1, "Param file is invalid (code 100)"), (unserved, 2, "Something went wrong (code 131000)"),
            (text, 1, "Not this file – Too long (code 100)"),
        ]:  # fmt: skip
            GRAPH.created = answer
            try:
                run = self.upload(self.jpeg, "--phone-number-id", "555")
            finally:
                GRAPH.created = {"id": "4242"}
            self.assertEqual((run.returncode, run.stdout), (status, ""), answer)
            self.assertIn(words, run.stderr, answer)
        for answer in {"h": ""}, {"h": "4242"}:
            GRAPH.handle = answer
            try:
                run = self.upload(self.jpeg, "--app-id", "777", "--sample")
            finally:
                GRAPH.handle = {"h": "4::aW1hZ2U="}
            self.assertEqual((run.returncode, run.stdout), (2, ""), answer)

    def test_file_that_changes_meanwhile(self):
        # More than the buffers between the programs hold.
        with tempfile.NamedTemporaryFile(suffix=".txt") as file:
            file.write(b"a line of text\n" * 1_000_000)
            file.flush()

            def overwrite():
                file.seek(-1, os.SEEK_END)
                file.write(b"x")
                file.flush()

            GRAPH.uploads.clear()
            GRAPH.before_receiving = overwrite
            try:
                run = self.upload(file.name, "--phone-number-id", "555")
            finally:
                GRAPH.before_receiving = None
            self.assertEqual((run.returncode, run.stdout, GRAPH.uploads), (2, "", []))
            self.assertIn("changed while it was read", run.stderr)

    def test_options(self):
        for option, value in [
            ("--upload-timeout", "inf"), ("--upload-timeout", "86401"), ("--upload-timeout", "0"),
            ("--graph-url", GRAPH.url + "?x=1"), ("--graph-url", GRAPH.url + "#x"),
        ]:  # fmt: skip
            run = preflight("upload", self.jpeg, "--phone-number-id", "555", option, value, env=WITH_TOKEN)
            self.assertEqual((run.returncode, run.stdout), (2, ""), value)
            self.assertIn(option + " ", run.stderr)

    def test_token(self):
        self.assertEqual(self.upload(self.jpeg, "--phone-number-id", "555", env=ENVIRONMENT).returncode, 2)
        wrong = ENVIRONMENT | {"WHATSAPP_ACCESS_TOKEN": "EAAGwrong987"}
        run = self.upload(self.jpeg, "--phone-number-id", "555", env=wrong)
        self.assertEqual(run.returncode, 2)
        self.assertNotIn("EAAGwrong987", run.stdout + run.stderr)


class Fix(unittest.TestCase):
    def test_file_behind_a_url(self):
        output = os.path.join(scratch, "fixed.jpg")
        run = preflight("fix", "--isolated", "--endpoint", "image", "--output", output, BASE + "/cmyk.jpg")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertEqual(check(output, "--endpoint", "image")["verdict"], "accepted")


class S3(unittest.TestCase):
    """A bucket's signed links, as Examples/S3 pipes them in."""

    @classmethod
    def setUpClass(cls):
        import boto3
        from moto.server import ThreadedMotoServer

        cls.server = ThreadedMotoServer(ip_address=PUBLIC, port=5000)
        cls.server.start()
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
        cls.endpoint = f"http://{PUBLIC}:5000"
        cls.s3 = boto3.client("s3", endpoint_url=cls.endpoint)
        cls.s3.create_bucket(Bucket="media")
        jpeg = fixture("pictures/rgb.jpg")
        cls.s3.put_object(Bucket="media", Key="photos/good 1.jpg", Body=jpeg, ContentType="image/jpeg")
        cls.s3.put_object(Bucket="media", Key="photos/typeless.jpg", Body=jpeg)
        cls.s3.put_object(Bucket="media", Key="photos/cmyk.jpg", Body=fixture("pictures/cmyk.jpg"), ContentType="image/jpeg")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_bucket(self):
        links = subprocess.run(
            [os.path.join(os.path.dirname(world.FIXTURES), "Examples/S3/signed-links"), "media", "photos/"],
            env=os.environ | {"AWS_ENDPOINT_URL": self.endpoint, "PATH": os.path.dirname(os.sys.executable) + ":" + os.environ["PATH"]},
            capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual(links.returncode, 0, links.stderr)
        run = preflight("check", "--isolated", "--format", "ndjson", "--files-from", "-", input=links.stdout)
        results = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual([r["verdict"] for r in results], ["rejected", "accepted", "accepted"], run.stdout)
        self.assertIn("color-model-not-allowed", codes(results[0]))
        self.assertIn("url-content-type", codes(results[2], "warning"))

    def test_removed_object(self):
        link = self.s3.generate_presigned_url("get_object", Params={"Bucket": "media", "Key": "none.jpg"}, ExpiresIn=3600)
        self.assertIn("url-status", codes(check(link)))


class Manual(unittest.TestCase):
    """The blocks "console network" of the manual. PREFLIGHT_RECORD=1 writes what is printed."""

    page = os.path.join(os.path.dirname(world.FIXTURES), "Documentation/URLs.md")

    def test_blocks(self):
        with open(self.page) as file:
            text = file.read()
        # The manual asks Meta itself.
        commands = os.path.join(scratch, "commands")
        os.makedirs(commands, exist_ok=True)
        with open(os.path.join(commands, "preflight"), "w") as file:
            file.write(f"""#!/bin/sh
case "$*" in *media-id:*) set -- "$@" --graph-url {GRAPH.url};; esac
exec {PREFLIGHT} "$@"
""")
        os.chmod(os.path.join(commands, "preflight"), 0o755)

        def printed(block):
            lines = []
            for command in re.findall(r"^\$ (.*)$", block.group(1), re.M):
                run = subprocess.run(
                    ["bash", "-c", f"{{ {command}\n}} 2>&1"], capture_output=True, text=True,
                    env=WITH_TOKEN | {"PATH": commands + ":" + FOLDER + ":" + ENVIRONMENT["PATH"]},
                )  # fmt: skip
                lines += ["$ " + command, run.stdout.removesuffix("\n")]
            return "```console network\n" + "\n".join(filter(None, lines)) + "\n```"

        actual = re.sub(r"```console network\n(.*?)\n```", printed, text, flags=re.S)
        if os.environ.get("PREFLIGHT_RECORD"):
            with open(self.page, "w") as file:
                file.write(actual)
        self.assertEqual(text.splitlines(), actual.splitlines())


if __name__ == "__main__":
    unittest.main()
