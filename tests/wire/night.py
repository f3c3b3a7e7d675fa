"""wire/night: a whole night against the local SP-API, once for each fault at each of its calls.

    night.py SLUICE SPAPI [EVERY]

The night fetches settlements (one packed), an order report (restricted, sealed on its way), a report of FBA shipments and a
page of orders, and submits a feed. Then it is played again: call N meets fault K, for every N and K; or, with EVERY = 7,
every seventh of them. After the faulty night comes one without faults, and one a day or more later. Then all must stand as after
the first night that nobody disturbed: the same reports worked through, one feed at Amazon with the same bytes, its parcels
confirmed once, nothing left on the way, no call refused for its rate by our fault. No secret and nothing personal is in any
message or ledger. Prints how many faults were tried.
"""
import concurrent.futures
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

KINDS = ["429", "500", "503", "slow", "cut-header", "cut-body", "cut-after", "wrong-length", "bad-gzip", "expired", "revoked"]
FEEDS = ["settlement", "orders", "fba-orders", "fba-shipments", "confirmations"]
# The last one is an hour from now at least: half an hour of doubt is counted by the clock, whatever time a night states.
HOUR_FROM_NOW = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
NIGHTS = ["2026-11-16T03:00:00Z", "2026-11-16T04:00:00Z", max("2026-11-17T05:00:00Z", HOUR_FROM_NOW)]
PERSONAL = ["Sample Street", "Made Up Avenue", "@marketplace"]  # of the demo's orders
ORDERS, SHIPMENTS = "GET_ORDER_REPORT_DATA_SHIPPING", "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL"
SETTLEMENTS = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"


def copy(source, folder, name=None, packed=False):
    os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, name or os.path.basename(source))
    if packed:
        with open(source, "rb") as plain, open(target, "wb") as out:
            out.write(gzip.compress(plain.read(), mtime=0))
        with open(target + ".meta", "w", encoding="utf-8") as meta:
            meta.write("gzip=yes\ncharset=Cp1252\n")
    else:
        shutil.copy(source, target)


def make_site(root, sluice, folder):
    """A site with its company, and Amazon's side of it beside."""
    site, amazon = os.path.join(folder, "site"), os.path.join(folder, "amazon")
    for name in ("feeds", "transforms", "schemas"):
        shutil.copytree(os.path.join(root, name), os.path.join(site, name))
    with open(os.path.join(root, "sluice.conf"), encoding="utf-8") as conf:
        lines = [line for line in conf.read().splitlines() if not line.startswith("amazon-")]
    lines += ["amazon-marketplaces = US", "amazon-pace = 10", "amazon-patience = 1", "amazon-credentials = amazon.key"]
    with open(os.path.join(site, "sluice.conf"), "w", encoding="utf-8") as conf:
        conf.write("\n".join(lines) + "\n")
    with open(os.open(os.path.join(site, "amazon.key"), os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as key:
        key.write("client-id = amzn1.application-oa2-client.sandbox\nclient-secret = sandbox-secret\nrefresh-token = Atzr|sandbox\n")
    demo = os.path.join(root, "tests/demo")
    reports = os.path.join(amazon, "reports")
    copy(f"{demo}/inbox/settlement/2026-10-16-us.txt", f"{reports}/{SETTLEMENTS}")
    copy(f"{demo}/inbox/settlement/2026-11-06-de.txt", f"{reports}/{SETTLEMENTS}", packed=True)
    copy(f"{demo}/orders/orders.xml", f"{reports}/{ORDERS}")
    copy(f"{demo}/orders/fba-shipments.txt", f"{reports}/{SHIPMENTS}")
    orders = [f"{demo}/orders/search-orders-{whose}.json" for whose in ("fba", "merchant")]
    subprocess.run(["sh", f"{root}/tests/tools/amazon_state.sh", amazon, "orders", *orders], check=True)
    with open(os.path.join(amazon, "now.txt"), "w", encoding="utf-8") as now:
        now.write("2026-11-16T03:00:00Z\n")
    os.makedirs(os.path.join(site, "inbox/confirmations"))
    with open(f"{demo}/confirmations/confirmations.csv", encoding="utf-8") as sheet:
        rows = sheet.read().replace("2026-11-16T", "2026-11-15T")  # before the first night
    with open(os.path.join(site, "inbox/confirmations/confirmations.csv"), "w", encoding="utf-8") as sheet:
        sheet.write(rows)
    open(os.path.join(site, "inbox/confirmations/confirmations.csv.done"), "w", encoding="utf-8").close()
    subprocess.run([sluice, "-C", site, "sandbox"], check=True, stdout=subprocess.DEVNULL)
    return site, amazon


class Amazon:
    def __init__(self, spapi, state, log, faults=()):
        words = [spapi, "--state", state, "--log", log, "--speed", "2000", "--until-eof"]
        for fault in faults:
            words += ["--fault", fault]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def night(sluice, site, url, stated):
    with open(os.path.join(site, "sluice.conf"), encoding="utf-8") as conf:
        lines = [line for line in conf.read().splitlines() if not line.startswith("amazon-region")]
    with open(os.path.join(site, "sluice.conf"), "w", encoding="utf-8") as conf:
        conf.write("\n".join(lines + [f"amazon-region = {url}"]) + "\n")
    done = subprocess.run([sluice, "-C", site, "night", "--only", ",".join(FEEDS), "--now", stated], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def ledger(site):
    """What was released: (feed, digest of the original)."""
    released = set()
    with open(os.path.join(site, "var/ledger/ledger.txt"), encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if len(words) > 2 and words[1] == "released":
                released.add((words[2], next((w for w in words if w.startswith("sha256=")), "")))
    return released


def sent(amazon):
    bodies = []
    folder = os.path.join(amazon, "feeds")
    for name in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
        if name.endswith(".body"):
            with open(os.path.join(folder, name), "rb") as body:
                bodies.append(body.read())
    return bodies


def shipped(amazon):
    """What the confirmations made of the orders."""
    orders = {}
    for name in sorted(os.listdir(os.path.join(amazon, "orders"))):
        with open(os.path.join(amazon, "orders", name), encoding="utf-8") as text:
            order = json.load(text)
        parcels = [(parcel.get("trackingNumber"), str(parcel["packageItems"])) for parcel in order.get("packages", [])]
        orders[order["orderId"]] = (order["fulfillment"]["fulfillmentStatus"], parcels)
    return orders


def left(site):
    found = []
    for place in ("inbox", "var/inbox/arriving", "var/inbox/work"):
        for folder, _, names in os.walk(os.path.join(site, place)):
            found += [os.path.join(folder, n) for n in names if not n.endswith((".ack", ".ack.json"))]
    return found


def calls(log):
    with open(log, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def play(root, sluice, spapi, base, fault):
    """One set of nights over a copy of `base`: what is wrong, the calls of the first night, its end, and what was told."""
    folder = tempfile.mkdtemp(prefix="sluice-wire-")
    wrong = []
    try:
        site, amazon, log = os.path.join(folder, "site"), os.path.join(folder, "amazon"), os.path.join(folder, "log")
        shutil.copytree(os.path.join(base, "site"), site)
        shutil.copytree(os.path.join(base, "amazon"), amazon)
        codes, texts, first = [], [], 0
        for number, stated in enumerate(NIGHTS):
            server = Amazon(spapi, amazon, log, [fault] if fault and number == 0 else [])
            code, text = night(sluice, site, server.url, stated)
            server.close()
            codes.append(code)
            texts.append(text)
            if number == 0:
                first = len(calls(log))
        state = (ledger(site), sent(amazon), shipped(amazon))
        if os.environ.get("WIRE_LOG"):  # to be held against Amazon's models
            with open(log, encoding="utf-8") as lines, open(os.environ["WIRE_LOG"], "a", encoding="utf-8") as every:
                every.write(lines.read())
        if codes[0] not in (0, 1, 69, 75, 78):
            wrong.append(f"the first night ends {codes[0]}: {texts[0][-600:]}")
        if codes[2] not in (0, 1):
            wrong.append(f"the last night ends {codes[2]}: {texts[2][-600:]}")
        wrong += [f"left: {path}" for path in left(site)]
        wrong += [f"429 by our fault: {call['operation']}" for call in calls(log) if call["quota"]]
        for call in calls(log):
            if call["status"] == 400 and call["operation"] != "login" and not call["fault"]:
                wrong.append(f"refused: {call['operation']} {call['query']} {call['body']}")
        with open(os.path.join(site, "var/ledger/ledger.txt"), encoding="utf-8") as lines:
            told = "\n".join(texts) + lines.read()
        wrong += [f"personal: {name} is told" for name in PERSONAL if name in told]
        for secret in ("sandbox-secret", "Atzr|sandbox", "Atza|", "Atz.sprdt"):
            for text in texts:
                if secret in text:
                    wrong.append(f"a secret is told: {secret}")
            for place, _, names in os.walk(os.path.join(site, "var")):
                for name in names:
                    with open(os.path.join(place, name), "rb") as held:
                        if secret.encode() in held.read():
                            wrong.append(f"{secret} stands in {os.path.join(place, name)}")
        with open(os.path.join(site, "var/ledger/ledger.txt"), encoding="utf-8") as lines:
            story = [" ".join(line.split()[:6]) for line in lines if " run-" not in line]
        return wrong, first, state, codes, (story, texts)
    finally:
        shutil.rmtree(folder)


def main(sluice, spapi, every):
    root = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
    base = tempfile.mkdtemp(prefix="sluice-wire-base-")
    try:
        make_site(root, sluice, base)
        wrong, count, good, codes, _ = play(root, sluice, spapi, base, None)
        parcels = sum(len(parcels) for _, parcels in good[2].values())
        if wrong or len(good[1]) != 1 or count < 15 or parcels != 3:
            print(f"wire: the undisturbed nights end {codes} after {count} calls, {parcels} parcels: {wrong}", file=sys.stderr)
            return 1, 0
        points = [f"{n}:{kind}" for n in range(1, count + 1) for kind in KINDS][every // 2 :: every]
        failed = 0
        with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", "2"))) as pool:
            played = pool.map(lambda fault: (fault, play(root, sluice, spapi, base, fault)), points)
            for fault, (wrong, _, state, codes, told) in played:
                if state[0] != good[0]:
                    wrong.append(f"released: {state[0] ^ good[0]}\n{told[0]}\n" + "\n----\n".join(told[1]))
                if state[1] != good[1]:
                    wrong.append(f"{len(state[1])} feeds at Amazon")
                if state[2] != good[2]:
                    wrong.append(f"shipped: {state[2]}")
                if wrong:
                    failed += 1
                    print(f"wire: {fault} (nights end {codes}): " + "; ".join(wrong), file=sys.stderr)
        print(f"wire: {len(points)} of {count * len(KINDS)} faults at {count} calls, {len(points) - failed} survived")
        return failed, len(points)
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    bad, tried = main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    sys.exit(1 if bad or not tried else 0)
