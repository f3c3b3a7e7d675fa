"""wire/sign: our AWS signatures: AWS's published test vectors, and agreement with botocore where it is installed.

    sign.py SEND_SIGNED         prints "sign: N of N"
"""
import datetime
import http.server
import re
import subprocess
import sys
import threading

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
# AWS's Signature V4 test suite: us-east-1, "service", 2015-08-30T12:36:00Z, example.amazonaws.com; method, path, signature.
VECTORS = [
    ("get-vanilla", "GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("get-vanilla-query-order-key-case", "GET", "/?Param1=value1&Param2=value2",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    ("post-vanilla", "POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
]


class Seen(http.server.BaseHTTPRequestHandler):
    last = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Seen.last = (self.command, self.path, dict(self.headers.items()), body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_):
        pass


def send(program, method, url, scope, body, headers):
    subprocess.run([program, method, url, scope, f"{KEY}:{SECRET}", body] + headers, check=True, stdout=subprocess.DEVNULL)
    return Seen.last


def signature(headers):
    return re.search(r"Signature=([0-9a-f]{64})", headers.get("Authorization", "")) or [None, "none"]


def by_botocore(method, url, region, service, headers, body):
    from botocore import auth, awsrequest, credentials

    at = datetime.datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")

    class Frozen(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return at

        @classmethod
        def now(cls, tz=None):
            return at

    signed = re.search(r"SignedHeaders=([^,]+)", headers["Authorization"])[1].split(";")
    lower = {name.lower(): value for name, value in headers.items()}
    request = awsrequest.AWSRequest(method=method, url=url, data=body,
                                    headers={name: lower[name] for name in signed if name not in ("host", "x-amz-date")})
    auth.datetime.datetime, kept = Frozen, auth.datetime.datetime
    if hasattr(auth, "get_current_datetime"):
        auth.get_current_datetime = lambda: at
    try:
        auth.SigV4Auth(credentials.Credentials(KEY, SECRET), service, region).add_auth(request)
    finally:
        auth.datetime.datetime = kept
    return re.search(r"Signature=([0-9a-f]{64})", request.headers["Authorization"])[1]


def main(program):
    server = http.server.HTTPServer(("127.0.0.1", 0), Seen)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    good = all_of = 0
    for name, method, path, wanted in VECTORS:
        seen = send(program, method, base + path, "aws:amz:us-east-1:service", "",
                    ["Host: example.amazonaws.com", "X-Amz-Date: 20150830T123600Z"])
        all_of += 1
        good += signature(seen[2])[1] == wanted
        if signature(seen[2])[1] != wanted:
            print(f"sign: {name}: {seen[2].get('Authorization')}", file=sys.stderr)
    try:
        import botocore.auth  # noqa: F401
    except ImportError:
        print("sign: botocore is not here: agreement with it skipped")
        print(f"sign: {good} of {all_of}")
        return 0 if good == all_of else 1
    for action, body in (("ReceiveMessage", '{"QueueUrl": "x", "MaxNumberOfMessages": 10}'), ("DeleteMessage", '{"a": "\\u00fc"}'),
                         ("GetQueueAttributes", "")):
        method, path, headers, sent = send(program, "POST", base + "/123456789012/sluice", "aws:amz:eu-central-1:sqs", body,
                                           [f"X-Amz-Target: AmazonSQS.{action}", "Content-Type: application/x-amz-json-1.0"])
        all_of += 1
        theirs = by_botocore(method, base + path, "eu-central-1", "sqs", headers, sent)
        good += signature(headers)[1] == theirs
        if signature(headers)[1] != theirs:
            print(f"sign: {action}: {headers.get('Authorization')} and not {theirs}", file=sys.stderr)
    server.shutdown()
    print(f"sign: {good} of {all_of}")
    return 0 if good == all_of else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
