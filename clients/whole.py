"""Checks that a generated client is whole: each operation of the contract, and each schema that is an object, an enum or a choice, is declared in it.

    whole.py CONTRACT GENERATOR FOLDER

Generators that meet something they cannot express often warn and leave it out.
"""

import json
import re
import sys
from pathlib import Path

# Where each generator declares operations and schemas. `None`: the generator makes no functions, or names no types.
GENERATORS = {
    "openapi-typescript": ("d.ts", r"^    (\w+): \{", r"^        (\w+): "),
    "hey-api": ("gen.ts", r"^export const (\w+) =", r"^export type (\w+) ="),
    "orval": ("ts", r"^export const (\w+) =", r"^export (?:type|interface|const) (\w+)"),
    "typescript-fetch": ("ts", r"^    async (\w+)\(", r"^export (?:type|interface|enum|const) (\w+)"),
    "openapi-python-client": ("py", None, r"^class (\w+)"),
    "datamodel-code-generator": ("py", None, r"^(?:class|type) (\w+)|^(\w+): TypeAlias|^(\w+) = "),
    "python": ("py", r"^    def (\w+)\(", r"^class (\w+)"),
    "java": ("java", r"^  public \S+ (\w+)\(", r"^public (?:class|enum) (\w+)"),
    "go": ("go", r"^func \(a \*\w+\) (\w+)\(", r"^type (\w+) "),
    "csharp": ("cs", r"^        public \S+ (\w+)\(", r"^    public (?:partial class|enum) (\w+)"),
    "kotlin": ("kt", r"^    fun (\w+)\(", r"^(?:data |enum |sealed )?(?:class|interface) (\w+)"),
}


def plain(name: str) -> str:
    """A name in the form that no generator's spelling changes."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def operations(contract: dict) -> list[str]:
    items = [*contract["paths"].values(), *contract.get("webhooks", {}).values()]
    return [one["operationId"] for item in items for one in item.values() if isinstance(one, dict) and "operationId" in one]


def schemas(contract: dict) -> list[str]:
    """Those that become types. Lists and plain texts with a name are mostly written out in place."""
    every = contract["components"]["schemas"]
    return [name for name, schema in every.items() if schema.get("properties") or {"enum", "oneOf"} & schema.keys()]


def declared(files: list[Path], pattern: str) -> set[str]:
    found = (match for file in files for match in re.finditer(pattern, file.read_text(), re.MULTILINE))
    return {plain(next(filter(None, match.groups()))) for match in found}


def main(contract_file: str, generator: str, folder: str) -> None:
    contract = json.loads(Path(contract_file).read_text())
    suffix, operation, schema = GENERATORS[generator]
    files = sorted(Path(folder).rglob(f"*.{suffix}"))
    wanted = {"operations": operations(contract), "schemas": schemas(contract)}
    # openapi-python-client makes a module for each operation, and nothing of webhooks; data models have no operations.
    there = {"operations": declared(files, operation) if operation else {plain(file.stem) for file in files}, "schemas": declared(files, schema)}
    if generator == "datamodel-code-generator":
        del wanted["operations"]
    if generator in ("openapi-python-client", "hey-api", "orval", "openapi-typescript"):
        callbacks = operations({"paths": contract.get("webhooks", {})})
        wanted["operations"] = [one for one in wanted["operations"] if one not in callbacks]
    if generator == "openapi-python-client":
        # A choice is written out where it stands; its variants are classes.
        wanted["schemas"] = [name for name in wanted["schemas"] if "oneOf" not in contract["components"]["schemas"][name]]
    for kind, names in wanted.items():
        # Some rename what is a word of their language or of their libraries, as `ModelFile`.
        missing = sorted(name for name in names if not {plain(name), f"model{plain(name)}"} & there[kind])
        if missing:
            sys.exit(f"{len(missing)} of {len(names)} {kind} are not in the client of {generator}: {', '.join(missing)}")
    print(f"   {generator}: whole, " + " and ".join(f"{len(names)} {kind}" for kind, names in wanted.items()))


main(*sys.argv[1:])
