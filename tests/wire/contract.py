"""wire/contract: every request in a log of the local SP-API against Amazon's own models; our table of operations too.

    contract.py MODELS LOG..

Of each request: its path and method are an operation's, every query parameter is one of it, the required ones are there,
lists and choices hold what they may, and the body is what the model's schema says. Prints how many requests were held against
how many operations.
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../tools"))
from sandbox_pairs import each_operation, operations  # noqa: E402

TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def check_schema(model, schema, value, at, wrong):
    while "$ref" in schema:
        schema = model["definitions"][schema["$ref"].split("/")[-1]]
    kind = schema.get("type", "object" if "properties" in schema else None)
    if kind in TYPES and not isinstance(value, TYPES[kind]):
        wrong.append(f"{at} is no {kind}")
        return
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{at} is {value!r}")
    if kind == "array":
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1 << 30):
            wrong.append(f"{at} has {len(value)} items")
        for i, one in enumerate(value):
            check_schema(model, schema["items"], one, f"{at}[{i}]", wrong)
    if kind == "object":
        wrong += [f"{at} lacks {name}" for name in schema.get("required", []) if name not in value]
        for name, one in value.items():
            inner = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            if inner is None:
                wrong.append(f"{at} has {name}")
            elif isinstance(inner, dict):
                check_schema(model, inner, one, f"{at}.{name}", wrong)
    if schema.get("format") == "date-time" and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", str(value)):
        wrong.append(f"{at} is no time: {value}")


def check_query(parameter, text, wrong):
    name = parameter["name"]
    values = text.split(",") if parameter.get("type") == "array" else [text]
    choices = parameter.get("enum") or parameter.get("items", {}).get("enum")
    wrong += [f"{name} is {one!r}" for one in values if choices and one not in choices]
    if not parameter.get("minItems", 0) <= len(values) <= parameter.get("maxItems", 1 << 30):
        wrong.append(f"{name} has {len(values)} items")
    if parameter.get("type") == "integer":
        if not text.isdigit() or not parameter.get("minimum", 0) <= int(text) <= parameter.get("maximum", 1 << 60):
            wrong.append(f"{name} is {text}")
    if parameter.get("type") == "boolean" and text not in ("true", "false"):
        wrong.append(f"{name} is {text}")
    if parameter.get("format") == "date-time" and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text):
        wrong.append(f"{name} is no time: {text}")


def check_request(request, known):
    wrong = []
    name = request["operation"]
    if name not in known:
        return [f"{name} {request['method']} {request['path']}: in no model"]
    _, model, path, method, _, parameters = known[name]
    if not re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), request["path"]) or method != request["method"]:
        wrong.append(f"{request['method']} {request['path']} is not {method} {path}")
    allowed = {p["name"]: p for p in parameters if p["in"] == "query"}
    for asked, text in request["query"].items():
        if asked in allowed:
            check_query(allowed[asked], text, wrong)
        else:
            wrong.append(f"no parameter {asked}")
    wrong += [f"lacks {p['name']}" for p in allowed.values() if p.get("required") and p["name"] not in request["query"]]
    for body in (p for p in parameters if p["in"] == "body"):
        if request["body"]:
            check_schema(model, body["schema"], json.loads(request["body"]), "body", wrong)
        elif body.get("required"):
            wrong.append("lacks its body")
    return [f"{name}: {one}" for one in wrong]


def check_table(ours, known):
    wrong = []
    for name, (method, path, rate, burst) in ours.items():
        if name not in known:
            wrong.append(f"operations.def: {name} {path} is in no model")
            continue
        _, _, its_path, its_method, operation, _ = known[name]
        if (method, path) != (its_method, its_path):
            wrong.append(f"operations.def: {name} is {its_method} {its_path}")
        stated = re.search(r"\|\s*([\d.]+)\s*\|\s*(\d+)\s*\|", operation.get("description", ""))
        if stated and (round(float(stated[1]) * 10000), int(stated[2])) != (rate, burst):
            wrong.append(f"operations.def: {name} has {stated[1]} a second, {stated[2]} at once")
    return wrong


def main(folder, logs):
    ours = operations(os.path.join(os.path.dirname(__file__), "../.."))
    known = {row[4]["operationId"]: row for row in each_operation(folder, ours)}
    wrong, seen, count = check_table(ours, known), set(), 0
    for log in logs:
        with open(log, encoding="utf-8") as lines:
            for line in lines:
                request = json.loads(line)
                if request["operation"] in ("login", "download", "upload", "queue"):
                    continue
                count += 1
                seen.add(request["operation"])
                wrong += check_request(request, known)
    for one in sorted(set(wrong)):
        print(f"contract: {one}", file=sys.stderr)
    print(f"contract: {count} requests of {len(seen)} operations, {len(ours)} rows of operations.def, {len(set(wrong))} wrong")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
