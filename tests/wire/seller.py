"""wire/seller: the local SP-API, its state, and what a seller calls, for the tests of feeds."""
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request

US = "ATVPDKIKX0DER"
AGENT = "feeds/1 (Language=Python)"
FILES = ["refuse.txt", "drop.txt", "dropped.txt", "dropped-count", "nameless.txt", "late.txt", "now.txt", "fba.tsv", "account.txt"]
FOLDERS = ["listings", "orders", "adjustments", "reports", "served", "results"]


class Amazon:
    """The server, its state, and the calls of a seller."""

    def __init__(self, spapi, state):
        self.state = state
        words = [spapi, "--state", state, "--speed", "1000000", "--until-eof"]
        if os.environ.get("WIRE_LOG"):  # to be held against Amazon's models
            words += ["--log", os.environ["WIRE_LOG"]]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        form = {"grant_type": "refresh_token", "refresh_token": "Atzr|sandbox", "client_secret": "sandbox-secret",
                "client_id": "amzn1.application-oa2-client.sandbox"}
        with urllib.request.urlopen(self.url + "/auth/o2/token", urllib.parse.urlencode(form).encode()) as answer:
            self.token = json.load(answer)["access_token"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def fresh(self, **files):
        for name in FOLDERS:
            shutil.rmtree(os.path.join(self.state, name), ignore_errors=True)
        for name in FILES:
            if os.path.exists(os.path.join(self.state, name)):
                os.remove(os.path.join(self.state, name))
        for name, text in {"now": "2026-11-20T00:00:00Z", **files}.items():
            self.put(name + ".txt", text)

    def put(self, name, text):
        path = os.path.join(self.state, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def get(self, name):
        path = os.path.join(self.state, name)
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as text:
            return text.read()

    def call(self, method, path, body=None, raw=False):
        headers = {"x-amz-access-token": self.token, "User-Agent": AGENT, "Content-Type": "application/json"}
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        return text if raw else json.loads(text)

    def document(self, url):
        with urllib.request.urlopen(url) as answer:
            return answer.read().decode()

    def submit(self, kind, body):
        """The feed's id."""
        document = self.call("POST", "/feeds/2021-06-30/documents", {"contentType": "text/plain; charset=UTF-8"})
        put = urllib.request.Request(document["url"], body.encode(), {"Content-Type": "text/plain; charset=UTF-8"}, method="PUT")
        urllib.request.urlopen(put).close()
        asked = {"feedType": kind, "marketplaceIds": [US], "inputFeedDocumentId": document["feedDocumentId"]}
        return self.call("POST", "/feeds/2021-06-30/feeds", asked)["feedId"]

    def result(self, feed):
        """How it ended, its report, and how often it had to be asked."""
        for polls in range(1, 50):
            shown = self.call("GET", f"/feeds/2021-06-30/feeds/{feed}")
            if shown["processingStatus"] != "IN_PROGRESS":
                url = self.call("GET", f"/feeds/2021-06-30/documents/{shown['resultFeedDocumentId']}")["url"]
                return shown["processingStatus"], self.document(url), polls
        raise RuntimeError("the feed never ends")

    def feed(self, kind, body):
        return self.result(self.submit(kind, body))[1]

    def order(self, order):
        return json.loads(self.get(f"orders/{order}.json"))


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, what, good, said=""):
        self.passed += bool(good)
        if not good:
            self.failed += 1
            print(f"feeds: {what}\n{said}", file=sys.stderr)
