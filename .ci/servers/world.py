"""A network of its own with servers of many kinds, for test_references.py.

Must run in user, network and mount namespaces of its own (.ci/references does that): it gives this machine public
addresses, names and a resolver, none of which anyone else sees.
"""

import atexit
import base64
import datetime
import hashlib
import ipaddress
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FIXTURES = os.path.join(REPOSITORY, "Fixtures")

PUBLIC = "93.184.216.34"
OTHER_PUBLIC = "93.184.216.35"
PUBLIC_V6 = "2606:2800:220:1::34"
PRIVATE = "10.1.2.3"

scratch = tempfile.mkdtemp(prefix="preflight-references-")
atexit.register(shutil.rmtree, scratch, True)


def fixture(name):
    with open(os.path.join(FIXTURES, name), "rb") as file:
        return file.read()


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


# MARK: The network


def make_network():
    run("ip", "link", "set", "lo", "up")
    for address in (PUBLIC, OTHER_PUBLIC, PRIVATE):
        run("ip", "address", "add", address + "/32", "dev", "lo")
    run("ip", "-6", "address", "add", PUBLIC_V6 + "/128", "dev", "lo")
    hosts = {
        PUBLIC: "media.example.com other.example.com expired.example.com selfsigned.example.com chain.example.com",
        PRIVATE: "inside.example.com",
        "127.0.0.1": "localhost loop.example.com",
        "169.254.169.254": "metadata.example.com",
    }
    text = "".join(f"{address} {names}\n" for address, names in hosts.items())
    # One public address beside a private one.
    text += f"{PUBLIC} both.example.com\n{PRIVATE} both.example.com\n"
    # An address at which nothing is beside one that works.
    text += f"2606:2800:220:1::99 dual.example.com\n{OTHER_PUBLIC} dual.example.com\n{PUBLIC} dual.example.com\n"
    replace("/etc/hosts", text)
    replace("/etc/resolv.conf", "nameserver 127.0.0.53\noptions timeout:1 attempts:1\n")
    replace("/etc/nsswitch.conf", "hosts: files dns\n")


def replace(path, text):
    own = os.path.join(scratch, os.path.basename(path))
    with open(own, "w") as file:
        file.write(text)
    run("mount", "--bind", own, path)


class Resolver(threading.Thread):
    """Answers each look-up of rebind.example.com, and of names in it, with another address: first a public one, then a
    private one. Names in many.example.com have the public one, and those in silent.example.com get no answer."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.53", 53))
        self.asked = 0
        self.start()

    def run(self):
        while True:
            query, sender = self.socket.recvfrom(512)
            name, at = [], 12
            while query[at]:
                name.append(query[at + 1 : at + 1 + query[at]].decode())
                at += 1 + query[at]
            kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
            question = query[12 : at + 5]
            answers = b""
            name = ".".join(name).lower()
            if name.endswith("silent.example.com"):
                continue
            isOfMany = name.endswith("many.example.com")
            known = isOfMany or name.endswith("rebind.example.com")
            if known and kind == 1:
                address = PUBLIC if isOfMany or self.asked == 0 else PRIVATE
                self.asked += 0 if isOfMany else 1
                answers = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(address)
            flags = 0x8180 if known else 0x8183
            header = query[:2] + struct.pack(">HHHHH", flags, 1, 1 if answers else 0, 0, 0)
            self.socket.sendto(header + question + answers, sender)


class Watch(threading.Thread):
    """Notes every connection to a private address."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.count = 0
        self.listener = socket.create_server((PRIVATE, port))
        self.start()

    def run(self):
        while True:
            self.listener.accept()[0].close()
            self.count += 1


# MARK: Certificates


def make_certificates():
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)

    def certificate(name, issuer=None, names=(), isAuthority=False, start=now - day, end=now + 30 * day):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuerName, issuerKey = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuerName)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=isAuthority, path_length=None), critical=True)
        )
        if names:
            entries = [x509.DNSName(n) for n in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(entries), critical=False)
        return builder.sign(issuerKey, hashes.SHA256()), key

    def save(name, chain, key):
        with open(os.path.join(scratch, name + ".crt"), "wb") as file:
            for entry in chain:
                file.write(entry.public_bytes(serialization.Encoding.PEM))
        with open(os.path.join(scratch, name + ".key"), "wb") as file:
            file.write(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.TraditionalOpenSSL,
                    serialization.NoEncryption(),
                )
            )

    root = certificate("Test Root", isAuthority=True)
    middle = certificate("Test Intermediate", root, isAuthority=True)
    stranger = certificate("Unknown Root", isAuthority=True)
    save("root", [root[0]], root[1])
    good = certificate("media.example.com", middle, ["media.example.com"])
    save("good", [good[0], middle[0]], good[1])
    save("incomplete", [good[0]], good[1])
    expired = certificate(
        "media.example.com", middle, ["media.example.com"], start=now - 60 * day, end=now - day
    )
    save("expired", [expired[0], middle[0]], expired[1])
    future = certificate("media.example.com", middle, ["media.example.com"], start=now + day)
    save("future", [future[0], middle[0]], future[1])
    own = certificate("media.example.com", names=["media.example.com"])
    save("selfsigned", [own[0]], own[1])
    unknown = certificate("media.example.com", stranger, ["media.example.com"])
    save("unknown", [unknown[0], stranger[0]], unknown[1])
    return os.path.join(scratch, "root.crt")


# MARK: nginx

TLS_PORTS = {"good": 443, "expired": 8443, "selfsigned": 8444, "incomplete": 8445, "future": 8446, "unknown": 8447}


class Nginx:
    def __init__(self):
        web = os.path.join(scratch, "web")
        os.makedirs(web)
        for name, source in {
            "photo.jpg": "pictures/rgb.jpg",
            "photo.png": "pictures/rgb.jpg",
            "cmyk.jpg": "pictures/cmyk.jpg",
            "sticker.webp": "pictures/sticker-static.webp",
        }.items():
            path = os.path.join(FIXTURES, source)
            if os.path.exists(path):
                shutil.copy(path, os.path.join(web, name))
        with open(os.path.join(web, "large.pdf"), "wb") as file:
            file.write(fixture("pictures/rgb.jpg"))
        with open(os.path.join(web, "big.jpg"), "wb") as file:
            file.write(fixture("pictures/rgb.jpg") + bytes(6_000_000))
        with open(os.path.join(web, "page.html"), "w") as file:
            file.write("<!doctype html><html><head><title>Sign in &ndash; Example</title></head><body>Hello</body></html>")
        for number in range(300):
            shutil.copy(os.path.join(web, "photo.jpg"), os.path.join(web, f"photo-{number}.jpg"))
        self.web = web
        servers = "".join(
            f"""
            server {{
              listen {PUBLIC}:{port} ssl; listen [{PUBLIC_V6}]:{port} ssl; server_name media.example.com;
              ssl_certificate {scratch}/{name}.crt; ssl_certificate_key {scratch}/{name}.key;
              root {web};
              location = /private.jpg {{ return 403; }}
              location = /login.jpg {{ return 401; }}
              location = /limited.jpg {{ return 429; }}
              location = /broken.jpg {{ return 503; }}
              location = /moved.jpg {{ return 302 https://other.example.com/photo.jpg; }}
              location = /typeless.jpg {{ alias {web}/photo.jpg; types {{ }} default_type ""; }}
              location = /octets.jpg {{ alias {web}/photo.jpg; types {{ }} default_type application/octet-stream; }}
              location = /wrong.jpg {{ alias {web}/photo.jpg; types {{ }} default_type image/png; }}
              location = /zipped.jpg {{ alias {web}/photo.jpg; gzip on; gzip_types *; gzip_min_length 1; }}
            }}"""
            for name, port in TLS_PORTS.items()
        )
        config = os.path.join(scratch, "nginx.conf")
        with open(config, "w") as file:
            file.write(
                f"""
                user root; daemon off; master_process off; worker_processes 1; pid {scratch}/nginx.pid; error_log {scratch}/nginx.log;
                events {{ worker_connections 512; }}
                http {{
                  include /etc/nginx/mime.types; access_log {scratch}/access.log;
                  client_body_temp_path {scratch}/1; proxy_temp_path {scratch}/2; fastcgi_temp_path {scratch}/3;
                  uwsgi_temp_path {scratch}/4; scgi_temp_path {scratch}/5;
                  server {{ listen {PUBLIC}:80; server_name media.example.com; root {web}; }}
                  server {{ listen {PRIVATE}:80; server_name inside.example.com; root {web}; access_log {scratch}/private.log; }}
                  {servers}
                }}"""
            )
        self.process = subprocess.Popen(["nginx", "-c", config, "-e", f"{scratch}/nginx.log"])
        atexit.register(self.process.kill)
        wait_for(PUBLIC, 443)

    def requests(self, log="access.log"):
        path = os.path.join(scratch, log)
        if not os.path.exists(path):
            return []
        with open(path) as file:
            return file.read().splitlines()


def wait_for(host, port):
    for _ in range(200):
        try:
            socket.create_connection((host, port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing listens at {host}:{port}")


# MARK: A server that does what it shouldn't


class Misbehaving(threading.Thread):
    """Answers GET /NAME by the function NAME below, which gets the connection."""

    def __init__(self, port=8000):
        super().__init__(daemon=True)
        self.base = f"http://media.example.com:{port}"
        self.requests = []
        self.listener = socket.create_server((PUBLIC, port), backlog=128)
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        try:
            request = b""
            while b"\r\n\r\n" not in request:
                part = connection.recv(65536)
                if not part:
                    return
                request += part
            self.requests.append(request.decode("latin-1"))
            name = request.split(b" ")[1].decode().split("?")[0].strip("/").rsplit(".", 1)[0].replace("-", "_")
            getattr(self, name)(connection)
        except OSError:
            pass
        finally:
            connection.close()

    jpeg = fixture("pictures/rgb.jpg")

    def head(self, *lines, status="200 OK"):
        return ("\r\n".join((f"HTTP/1.1 {status}", *lines)) + "\r\n\r\n").encode()

    def good(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", f"Content-Length: {len(self.jpeg)}") + self.jpeg)

    def until_close(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Connection: close") + self.jpeg)

    def chunked(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Transfer-Encoding: chunked"))
        for at in range(0, len(self.jpeg), 100):
            part = self.jpeg[at : at + 100]
            c.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        c.sendall(b"0\r\n\r\n")

    def partial(self, c):
        self.whole_of(c, len(self.jpeg))

    def whole_of(self, c, size):
        """Sends the whole file as the beginning of one of another size."""
        last = len(self.jpeg) - 1
        range = f"Content-Range: bytes 0-{last}/{size}"
        head = self.head("Content-Type: image/jpeg", f"Content-Length: {last + 1}", range, status="206 Partial Content")
        c.sendall(head + self.jpeg)

    def silent(self, c):
        time.sleep(30)

    def drip(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", f"Content-Length: {len(self.jpeg)}"))
        for byte in self.jpeg:
            c.sendall(bytes([byte]))
            time.sleep(1)

    def endless_headers(self, c):
        c.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            c.sendall(b"X-More: " + b"a" * 1000 + b"\r\n")

    def endless_reason(self, c):
        c.sendall(b"HTTP/1.1 200 O")
        while True:
            c.sendall(b"K" * 65536)

    def endless_chunk_line(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Transfer-Encoding: chunked") + b"5;")
        while True:
            c.sendall(b"a" * 65536)

    def continues_for_ever(self, c):
        while True:
            c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    def coded_transfer(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n")

    def later(self, c):
        time.sleep(3)
        self.good(c)

    def huge_header(self, c):
        c.sendall(b"HTTP/1.1 200 OK\r\nX-Huge: " + b"a" * 1_000_000 + b"\r\n\r\n")

    def longer_than_said(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", f"Content-Length: {len(self.jpeg) - 100}") + self.jpeg)

    def shorter_than_said(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", f"Content-Length: {len(self.jpeg) + 100}") + self.jpeg)

    def endless(self, c):
        c.sendall(self.head("Content-Type: image/jpeg") + self.jpeg)
        while True:
            c.sendall(bytes(65536))

    def breaks_off(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Transfer-Encoding: chunked") + b"100\r\n" + self.jpeg[:50])

    def resets(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Length: 100000") + self.jpeg)
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def closes(self, c):
        pass

    def twice(self, c):
        self.good(c)
        self.good(c)

    def bad_chunk(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Transfer-Encoding: chunked") + b"zz\r\n" + self.jpeg)

    def not_http(self, c):
        c.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    def zipped(self, c):
        import gzip

        data = gzip.compress(self.jpeg)
        c.sendall(
            self.head("Content-Type: image/jpeg", "Content-Encoding: gzip", f"Content-Length: {len(data)}") + data
        )

    def deflated(self, c):
        import zlib

        data = zlib.compress(self.jpeg)
        c.sendall(
            self.head("Content-Type: image/jpeg", "Content-Encoding: deflate", f"Content-Length: {len(data)}") + data
        )

    def zipped_cut(self, c):
        import gzip

        data = gzip.compress(self.jpeg)[:-200]
        c.sendall(
            self.head("Content-Type: image/jpeg", "Content-Encoding: gzip", f"Content-Length: {len(data)}") + data
        )

    def zipped_beginning(self, c):
        import gzip

        data = gzip.compress(self.jpeg)[:5]
        c.sendall(
            self.head("Content-Type: image/jpeg", "Content-Encoding: gzip", f"Content-Length: {len(data)}") + data
        )

    def zipped_name_without_end(self, c):
        # The flag says that the file's name follows.
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Encoding: gzip") + b"\x1f\x8b\x08\x08" + bytes(6))
        while True:
            c.sendall(b"a" * 65536)

    def brotli(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Encoding: br", "Content-Length: 5") + b"hello")

    def bomb(self, c):
        import zlib

        packer = zlib.compressobj(wbits=31)
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Encoding: gzip"))
        c.sendall(packer.compress(self.jpeg))
        while True:
            c.sendall(packer.compress(bytes(1 << 20)))

    def slow(self, c):
        time.sleep(10.5)
        self.good(c)

    def two_lengths(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Length: 10", "Content-Length: 20") + self.jpeg)

    def negative_length(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Length: -5") + self.jpeg)

    def empty(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Length: 0"))

    def no_content(self, c):
        c.sendall(self.head(status="204 No Content"))

    def continues(self, c):
        c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.good(c)

    def moved_without_location(self, c):
        c.sendall(self.head("Content-Length: 0", status="302 Found"))

    def page(self, c):
        text = b"<html><head><title>Sign in - Example</title></head></html>"
        c.sendall(self.head("Content-Type: text/html", f"Content-Length: {len(text)}") + text)

    def page_as_jpeg(self, c):
        text = b"<html><head><title>Sign in - Example</title></head></html>"
        c.sendall(self.head("Content-Type: image/jpeg", f"Content-Length: {len(text)}") + text)

    def status_zero(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Length: 5", status="000 X") + b"hello")

    def status_99(self, c):
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Length: 5", status="099 X") + b"hello")

    def part(self, c):
        self.whole_of(c, len(self.jpeg) + 1)

    def stored_encoding(self, c):
        length = f"Content-Length: {len(self.jpeg)}  "
        c.sendall(self.head("Content-Type: image/jpeg", "Content-Encoding: aws-chunked, utf-8", length) + self.jpeg)

    def zipped_and_more(self, c):
        import gzip

        c.sendall(self.head("Content-Type: image/jpeg", "Content-Encoding: gzip") + gzip.compress(self.jpeg))
        while True:
            c.sendall(os.urandom(65536))

    def missing_and_hangs(self, c):
        c.sendall(self.head("Content-Type: text/html", "Content-Length: 5000", status="404 Not Found") + b"<title>Gone</title>")
        time.sleep(30)

    def moved_and_cut(self, c):
        c.sendall(self.head("Location: /other.jpg", "Content-Length: 5000", status="302 Found") + b"x")

    def expired_signature(self, c):
        text = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
        c.sendall(
            self.head("Content-Type: application/xml", f"Content-Length: {len(text)}", status="403 Forbidden") + text
        )

    def refused_signature(self, c):
        text = b"<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature does not match</Message></Error>"
        c.sendall(
            self.head("Content-Type: application/xml", f"Content-Length: {len(text)}", status="403 Forbidden") + text
        )


class Keeping(Misbehaving):
    """Keeps its connections, or seems to: /NAME-NUMBER.jpg is answered as the function NAME says."""

    def answer(self, connection):
        try:
            while True:
                request = b""
                while b"\r\n\r\n" not in request:
                    part = connection.recv(65536)
                    if not part:
                        return
                    request += part
                self.requests.append(request.decode("latin-1"))
                name = request.split(b" ")[1].decode().strip("/").split("-")[0]
                if not getattr(self, name)(connection):
                    return
        except OSError:
            pass
        finally:
            connection.close()

    def good(self, c):
        super().good(c)
        return True

    def closes(self, c):
        super().good(c)

    def twice(self, c):
        super().good(c)
        return self.good(c)

    def garbage(self, c):
        super().good(c)
        c.sendall(b"and more\r\n\r\n")
        return True


# MARK: Meta


class Graph(threading.Thread):
    """Stands in for Meta's Graph API, as far as it is about media: written from its documentation."""

    token = "EAAGsecret0123456789"

    # What it states of each medium, where that isn't what is so: given the server's URL and the bytes.
    media = {
        "111": lambda url, data: {},
        "222": lambda url, data: {},
        "401": lambda url, data: {"file_size": len(data) + 1},
        "402": lambda url, data: {"sha256": hashlib.sha256(b"x").hexdigest()},
        "403": lambda url, data: {
            "sha256": base64.b64encode(hashlib.sha256(data).digest()).decode(),
            "file_size": str(len(data)),
        },
        "404": lambda url, data: {"mime_type": None, "sha256": None, "file_size": None},
        "405": lambda url, data: {"url": None},
        "406": lambda url, data: {"url": url + "/private", "file_size": 5_242_880},
        "407": lambda url, data: {"url": url + "/private", "file_size": 5_242_881},
        "408": lambda url, data: {"url": url + "/private", "mime_type": "image/webp", "file_size": 512_000},
        "409": lambda url, data: {"url": url + "/nothing"},
        "411": lambda url, data: {"url": url + "/broken"},
        "412": lambda url, data: {"url": url + "/moved"},
        "413": lambda url, data: {"url": url + "/missing"},
        "414": lambda url, data: {"mime_type": "image/" + Graph.token},
        "415": lambda url, data: {"url": url + "/later"},
        "410": lambda url, data: {"url": None, "mime_type": None, "sha256": None, "file_size": None},
    }

    def __init__(self, port=8100):
        super().__init__(daemon=True)
        self.url = f"http://{PUBLIC}:{port}/v23.0"
        self.requests = []
        self.uploads = []
        self.refusal = None
        # What it answers to an upload, and what it does before it receives the file.
        self.created = {"id": "4242"}
        self.handle = {"h": "4::aW1hZ2U="}
        self.before_receiving = None
        self.breaks_off_after = None
        self.states_offset = True
        self.received = b""
        self.listener = socket.create_server((PUBLIC, port), backlog=64)
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        stream = connection.makefile("rb")
        try:
            while line := stream.readline():
                method, path, _ = line.decode().split()
                headers = {}
                while (field := stream.readline().decode().strip()) != "":
                    key, value = field.split(":", 1)
                    headers[key.lower()] = value.strip()
                length = int(headers.get("content-length", 0))
                if self.breaks_off_after is not None and "file_offset" in headers and method == "POST":
                    self.received = stream.read(self.breaks_off_after)
                    self.breaks_off_after = None
                    return
                if self.before_receiving and method == "POST":
                    self.before_receiving()
                body = stream.read(length)
                if len(body) < length:
                    return
                self.requests.append((method, path, headers))
                status, answer, kind = self.answer(method, path, headers, body)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                connection.sendall(
                    f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data
                )
        except OSError:
            pass
        finally:
            connection.close()

    def answer(self, method, path, headers, body):
        js = "application/json"
        wanted = ("Bearer " + self.token, "OAuth " + self.token)
        if headers.get("authorization") not in wanted:
            return 401, error(190, f"Malformed access token {headers.get('authorization', '').split(' ')[-1]}"), js
        if self.refusal:
            return 400, self.refusal, js
        path = path.removeprefix("/v23.0")
        medium = path.split("?")[0].removeprefix("/")
        if method == "GET" and medium in self.media:
            if "phone_number_id=999" in path:
                return 400, error(100, f"Unsupported get request. Object with ID '{medium}' does not exist"), js
            data = fixture("pictures/rgb.jpg")
            if medium == "415":
                time.sleep(2)
            said = {
                "url": self.url.removesuffix("/v23.0") + "/download",
                "mime_type": "image/jpeg",
                "sha256": hashlib.sha256(data).hexdigest(),
                "file_size": len(data),
                "id": medium,
                "messaging_product": "whatsapp",
            } | self.media[medium](self.url.removesuffix("/v23.0"), data)
            return 200, {key: value for key, value in said.items() if value is not None}, js
        if method == "GET" and path == "/333":
            return 400, error(131052, "Media download error: the media has expired"), js
        if path == "/private":
            return 403, error(10, "Application does not have permission for this action"), js
        if path == "/moved":
            token = headers["authorization"]
            return 302, b"", f"text/{token}\r\nLocation: https://media.example.com/{token}"
        if path == "/missing":
            return 404, f"<html><title>{headers['authorization']}</title></html>".encode(), "text/html"
        if path == "/later":
            time.sleep(2)
            return 200, fixture("pictures/rgb.jpg"), "image/jpeg"
        if path == "/broken":
            return 502, b"<html><title>Bad gateway</title></html>", "text/html"
        if path == "/download":
            return 200, fixture("pictures/rgb.jpg"), "image/jpeg"
        if method == "POST" and path == "/555/media":
            self.uploads.append((headers["content-type"], body))
            return 200, self.created, js
        if method == "POST" and path.startswith("/777/uploads"):
            self.uploads.append((path, None))
            return 200, {"id": "upload:MTphdHRhY2g=?sig=ARa"}, js
        if path.startswith("/upload:"):
            if method == "GET":
                state = {"file_offset": str(len(self.received))} if self.states_offset else {}
                return 200, {"id": "upload:x"} | state, js
            offset = int(headers["file_offset"])
            self.received = self.received[:offset] + body
            return 200, self.handle, js
        return 400, error(100, f"Unsupported get request. Object with ID '{path[1:]}' does not exist"), js


def error(code, message):
    return {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "x"}}
