"""tools/sandbox_pairs: Amazon's static sandbox pairs of the operations that we call, as lines of JSON, from its models.

    sandbox_pairs.py MODELS > pairs.jsonl

A line: {"operation", "status", "path": [values in order], "parameters": {query}, "asked": the body sent, "body": the answer}.
"""
import json
import os
import re
import sys


def operations(root):
    """Ours: name -> (method, path, rate, burst)."""
    found = {}
    with open(os.path.join(root, "etl/amazon/operations.def"), encoding="utf-8") as lines:
        for line in lines:
            row = re.match(r'OPERATION\((\w+), "(\w+)", "([^"]+)", (\d+), (\d+), (\w+), (\w+)\)', line)
            if row:
                found[row[1]] = (row[2], row[3], int(row[4]), int(row[5]))
    return found


def models(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as model:
                yield name, json.load(model)


def parameters_of(model, methods, operation):
    for given in methods.get("parameters", []) + operation.get("parameters", []):
        yield model["parameters"][given["$ref"].split("/")[-1]] if "$ref" in given else given


def each_operation(folder, ours):
    for name, model in models(folder):
        for path, methods in model["paths"].items():
            for method, operation in methods.items():
                if isinstance(operation, dict) and operation.get("operationId") in ours:
                    if ours[operation["operationId"]][1] == path:
                        yield name, model, path, method.upper(), operation, list(parameters_of(model, methods, operation))


def pairs(folder, ours):
    for _, _, path, _, operation, parameters in each_operation(folder, ours):
        places = {p["name"]: p["in"] for p in parameters}
        for status, response in operation["responses"].items():
            for pair in response.get("x-amzn-api-sandbox", {}).get("static", []):
                given = pair.get("request", {}).get("parameters", {})
                values = {name: value.get("value") for name, value in given.items()}
                line = {"operation": operation["operationId"], "status": int(status), "body": pair.get("response")}
                line["path"] = [values.get(name, "x") for name in re.findall(r"{(\w+)}", path)]
                line["parameters"] = {n: v for n, v in values.items() if places.get(n) == "query"}
                bodies = [v for n, v in values.items() if places.get(n) == "body" or n not in places]
                if bodies and bodies[0] is not None:
                    line["asked"] = bodies[0]
                yield line


if __name__ == "__main__":
    # Those that say more stand first: the first that fits is the answer.
    every = list(pairs(sys.argv[1], operations(os.path.join(os.path.dirname(__file__), "../.."))))
    for one in sorted(every, key=lambda line: -len(line["parameters"]) - len(line.get("asked", {}))):
        print(json.dumps(one))
