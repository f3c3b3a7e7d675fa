#!/usr/bin/env python3
"""wire/bodies: listings feeds that were sent, against Amazon's schemas of them.

    bodies.py SCHEMAS BODY..      prints "bodies: N messages in N feeds, N wrong"

SCHEMAS: the folder of Amazon's schemas; without it, or without jsonschema, it says that it is skipped.
"""
import json
import os
import sys


def main():
    folder, bodies = sys.argv[1], sys.argv[2:]
    names = ("listings-feed-schema-v2.json", "listings-feed-message-schema-v2.json")
    try:
        import jsonschema
    except ImportError:
        jsonschema = None
    if jsonschema is None or not all(os.path.exists(os.path.join(folder, name)) for name in names):
        print("bodies: Amazon's schemas are not here: skipped")
        return 0
    feed, message = (json.load(open(os.path.join(folder, name), encoding="utf-8")) for name in names)
    feed["properties"]["messages"]["items"] = message
    judge = jsonschema.Draft7Validator(feed)
    wrong = messages = 0
    for body in bodies:
        with open(body, encoding="utf-8") as text:
            given = json.load(text)
        messages += len(given["messages"])
        for error in judge.iter_errors(given):
            wrong += 1
            print(f"{body}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}", file=sys.stderr)
        ids = [one["messageId"] for one in given["messages"]]
        wrong += len(ids) != len(set(ids))
    print(f"bodies: {messages} messages in {len(bodies)} feeds, {wrong} wrong")
    return 1 if wrong or not messages else 0


if __name__ == "__main__":
    sys.exit(main())
