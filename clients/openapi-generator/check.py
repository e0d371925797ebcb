"""Checks what openapi-generator makes of the contract: every operation is in the client, and every module of the Python client imports.

    check.py CONTRACT python FOLDER        and so for typescript-fetch and java

Generators write a file for each tag. Where two sections of a contract share a tag, the second file overwrites the first, and operations are gone.
"""

import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path

# Where the operations are, and how one is declared there.
PLACES = {"python": ("openapi_client/api", "py"), "typescript-fetch": ("apis", "ts"), "java": ("src/main/java", "java")}


def camel(operation: str) -> str:
    first, *rest = operation.split("_")
    return first + "".join(word.capitalize() for word in rest)


def operations(contract: dict) -> set[str]:
    sections = [*contract["paths"].values(), *contract.get("webhooks", {}).values()]
    return {operation["operationId"] for item in sections for operation in item.values()}


def main(contract_file: str, generator: str, folder: str) -> None:
    wanted = operations(json.loads(Path(contract_file).read_text()))
    below, suffix = PLACES[generator]
    files = sorted(Path(folder, below).rglob(f"*.{suffix}"))
    words = set(re.findall(r"\w+", "\n".join(file.read_text() for file in files)))
    missing = sorted(one for one in wanted if (one if generator == "python" else camel(one)) not in words)
    if missing:
        sys.exit(f"{len(missing)} of {len(wanted)} operations are not in the {generator} client: {', '.join(missing)}")
    print(f"   {generator}: {len(wanted)} operations in {len(files)} files")
    if generator == "python":
        sys.path.insert(0, folder)
        package = importlib.import_module("openapi_client")
        modules = [module.name for module in pkgutil.walk_packages(package.__path__, "openapi_client.")]
        for module in modules:
            importlib.import_module(module)
        print(f"   python: {len(modules)} modules imported")


main(*sys.argv[1:])
