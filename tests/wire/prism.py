"""wire/prism: every different request in logs of the local SP-API, judged by Prism with Amazon's models behind it.

    prism.py PRISM MODELS LOG..        PRISM: node_modules/.bin/prism, of npm's @stoplight/prism-cli 5.14.2

Prism is a mock server that knows nothing of us: it refuses what the model does not allow. Prints how many requests it took.
"""
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from urllib.parse import quote, urlencode

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../tools"))
from sandbox_pairs import each_operation, operations  # noqa: E402


def requests_of(logs):
    seen = {}
    for log in logs:
        with open(log, encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                if one["operation"] not in ("login", "download", "upload", "queue", "unknown") and one["status"] < 400:
                    # Times differ from night to night; what is asked is the same.
                    shape = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z|\d{5,}", "0", one["path"] + json.dumps(one["query"]) + one["body"])
                    seen.setdefault((one["operation"], shape), one)
    return list(seen.values())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, one):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    path = quote(one["path"]) + ("?" + urlencode(one["query"]) if one["query"] else "")
    headers = {"x-amz-access-token": "Atza|x", "User-Agent": one["agent"], "Accept": "application/json"}
    if one["body"]:
        headers["Content-Type"] = "application/json"
    connection.request(one["method"], path, one["body"].encode() or None, headers)
    answer = connection.getresponse()
    body = answer.read().decode(errors="replace")
    return answer.status, answer.getheader("sl-violations") or "", body


def main(prism, folder, logs):
    ours = operations(os.path.join(os.path.dirname(__file__), "../.."))
    model_of = {row[4]["operationId"]: row[0] for row in each_operation(folder, ours)}
    by_model = {}
    for one in requests_of(logs):
        by_model.setdefault(model_of[one["operation"]], []).append(one)
    good = count = 0
    for model, some in sorted(by_model.items()):
        port = free_port()
        server = subprocess.Popen([prism, "mock", os.path.join(folder, model), "--host", "127.0.0.1", "--port", str(port)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(300):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            for one in some:
                status, violations, body = ask(port, one)
                count += 1
                bad_request = status >= 400 or any(v.get("location", [""])[0] == "request" for v in json.loads(violations or "[]"))
                good += not bad_request
                if bad_request:
                    print(f"prism: {one['operation']} {one['query']} {one['body']}: {status} {violations or body[:300]}", file=sys.stderr)
        finally:
            server.terminate()
            server.wait()
    print(f"prism: {good} of {count} requests of {len(by_model)} models taken")
    return 0 if count and good == count else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
