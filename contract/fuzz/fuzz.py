"""Tries the contract against a running service, without a token, as a reporter and once in every role, with schemathesis.

    python fuzz.py [--long] [--seed N] [WHO …]

Long, everybody tries everything in all phases. Short, everybody tries in all phases what is theirs (by `x-sop`, `x-roles` and security; what names no
role is the customer's and the head's), and roles try twice each what is another's; nobody tries everything either way. Short, the seed is the same each
time, so that what breaks is what has changed; long, it is drawn and printed.
Needs BASE and DATA_DIR. Ends with a count of what was asked and answered; fails when a reply of anybody was outside the contract.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
ALL = "examples,coverage,fuzzing,stateful"
# Examples for each operation: in the fuzzing phase, and in walks along the links.
SHORT, LONG, ANOTHERS = 4, 150, 2
SEED = 1


def everybody() -> list[str]:
    """No token, a reporter, and every role with an account. The role that changes accounts comes last."""
    accounts = json.loads(pathlib.Path(os.environ["DATA_DIR"], "demo-accounts.json").read_text())
    return ["nobody", "reporter", *(account["role"] for account in accounts)]


def operations() -> list[dict]:
    """Every operation of the contract."""
    with urllib.request.urlopen(f"{os.environ['BASE']}/api-docs/openapi.json", timeout=30) as document:
        paths = json.load(document)["paths"]
    return [operation for item in paths.values() for operation in item.values()]


def is_of(operation: dict, who: str) -> bool:
    """Whether this caller may use an operation."""
    schemes = {name for one in operation["security"] for name in one}
    if who == "anybody signed in":
        return "bearer" in schemes
    if who in ("nobody", "reporter") or "bearer" not in schemes:
        return who == "nobody" or who in schemes
    actors = operation.get("x-sop", {}).get("actor", "").split(", ")
    roles = {*operation.get("x-roles", []), *filter(None, actors)}
    # Several roles in one cell of an SOP: any of them may act.
    named = {name for role in roles for name in re.split(r"[^a-z_]+", role)}
    return who in named or (who in ("customer", "head") and not named) or (who == "head" and "staff" in named)


def plans(who: str, is_long: bool) -> list[tuple[str, int, list[str]]]:
    """The schemathesis arguments of a caller: phases, examples, and the operations; no names mean all."""
    if is_long:
        return [(ALL, LONG, [])]
    if who == "nobody":
        return [(ALL, SHORT, [])]
    own, others = [], []
    for operation in operations():
        if is_of(operation, who):
            own.append(operation)
        elif is_of(operation, "anybody signed in"):
            others.append(operation)
    ids, linked = [[operation["operationId"] for operation in some] for some in (own, others)], links(own)
    # Operations on the own account come last: guesses at the caller's password would throttle their next sign-in.
    plans = [] if who == "reporter" else [("fuzzing", ANOTHERS, ids[1])]
    # Walks need a link between the operations.
    return [*plans, *([(ALL if linked else ALL.removesuffix(",stateful"), SHORT, ids[0])] if own else [])]


def links(some: list[dict]) -> bool:
    """Whether a reply of one of these operations leads to another of them."""
    ids = {operation["operationId"] for operation in some}
    replies = [reply for operation in some for reply in operation["responses"].values()]
    return any(link.get("operationId") in ids for reply in replies for link in reply.get("links", {}).values())


def try_as(who: str, plan: tuple[str, int, list[str]], seed: int) -> tuple[bool, collections.Counter]:
    """Whether the contract was kept for one caller, and the replies by operation and status."""
    with tempfile.TemporaryDirectory() as folder:
        return try_in(pathlib.Path(folder), who, plan, seed)


def try_in(folder: pathlib.Path, who: str, plan: tuple[str, int, list[str]], seed: int) -> tuple[bool, collections.Counter]:
    """The same in a folder of its own."""
    phases, examples, only = plan
    counts, output, report = folder / "counts", folder / "out", folder / "report.json"
    surroundings = {**os.environ, "FUZZ_AS": who, "FUZZ_COUNTS": str(counts), "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        str(pathlib.Path(sys.executable).with_name("st")), "--config-file", str(HERE / "schemathesis.toml"), "run",
        f"{os.environ['BASE']}/api-docs/openapi.json", "--workers", "1", "--phases", phases, "--max-examples", str(examples), "--seed", str(seed), "--warnings", "off",
        "--report", "json", "--report-json-path", str(report), *(part for name in only for part in ("--include-operation-id", name)),
    ]  # fmt: skip
    began = time.monotonic()
    with output.open("w") as out:
        done = subprocess.run(command, env=surroundings, stdout=out, stderr=subprocess.STDOUT, cwd=folder, check=False)
    replies = collections.Counter(json.loads(counts.read_text()) if counts.exists() else {})
    told = json.loads(report.read_text() or "{}") if report.exists() else {}
    held = done.returncode == 0 and told.get("complete") is True and sum(replies.values()) > 0
    tested, spent = told.get("operations", {}).get("tested", 0), time.monotonic() - began
    print(f"  {who:<20} {tested:>4} operations {sum(replies.values()):>7} requests {spent:>5.0f} s  {'held' if held else 'BROKEN'}", flush=True)
    if not held:
        print(output.read_text())
    return held, replies


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", help="an hour instead of a few minutes")
    parser.add_argument("--seed", type=int, help="what the examples are drawn from")
    parser.add_argument("who", nargs="*", help="nobody, reporter or roles; everybody when none is given")
    given = parser.parse_args()
    seed = given.seed or (random.randrange(2**32) if given.long else SEED)
    print(f"seed {seed}", flush=True)
    held, total = True, collections.Counter()
    *first, last = given.who or everybody()
    # Two at a time. The last caller runs alone: it sees the accounts of others, and guesses at their passwords would throttle their sign-ins.
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for callers in (first, [last]):
            for outcome in pool.map(lambda who: [try_as(who, plan, seed) for plan in plans(who, given.long)], callers):
                for one_held, replies in outcome:
                    held = held and one_held
                    total += replies
    statuses = collections.Counter()
    answered = collections.defaultdict(set)
    for key, count in total.items():
        operation, status = key.split()
        statuses[status] += count
        answered[operation].add(status[0])
    print(f"{sum(total.values())} requests: " + ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items())))
    never = sorted(operation for operation, kinds in answered.items() if "2" not in kinds)
    print(f"{len(answered)} operations, {len(answered) - len(never)} of them also with a success; only refused: {', '.join(never) or 'none'}")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
