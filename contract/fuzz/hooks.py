"""The callers of the fuzzing: each signs in and sends a new Idempotency-Key with each request. Counts requests and replies.

The environment says where the service is (BASE), where its demo accounts are (DATA_DIR), as whom to ask (FUZZ_AS: nobody, reporter or a role), and where
the counts go (FUZZ_COUNTS).
"""

import atexit
import collections
import json
import os
import pathlib
import re
import threading
import time
import urllib.error
import urllib.request
import uuid

import schemathesis
from hypothesis import strategies

BASE = os.environ["BASE"]
WHO = os.environ["FUZZ_AS"]
ACCOUNTS = pathlib.Path(os.environ["DATA_DIR"], "demo-accounts.json")

COMPLAINT: dict = {
    "category": "service",
    "content": {"subject": "Pungutan di luar tarif", "account": "Petugas meminta pembayaran tunai di luar tarif."},
}


def post(path: str, body: object) -> dict:
    """The reply of a POST; waits after a 429."""
    head = {"content-type": "application/json", "idempotency-key": str(uuid.uuid4())}
    while True:
        request = urllib.request.Request(BASE + path, json.dumps(body).encode(), head)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as refusal:
            wait = float(refusal.headers.get("retry-after", 1))
            if refusal.code != 429 or wait > 180:
                raise
            time.sleep(wait)


class Session:
    """A session of the caller. Signed in before the fuzzing, because its guesses at the caller's password would throttle the sign-in."""

    def __init__(self) -> None:
        if WHO == "reporter":
            self.code = post("/api/v1/complaints", COMPLAINT)["receipt_code"]
        else:
            account = next(one for one in json.loads(ACCOUNTS.read_text()) if one["role"] == WHO)
            self.refresh_token = post("/api/v1/auth/login", {"email": account["email"], "password": account["password"]})["refresh_token"]

    def token(self) -> str:
        """A fresh access token."""
        if WHO == "reporter":
            return post("/api/v1/complaints/sessions", {"receipt_code": self.code})["access_token"]
        renewed = post("/api/v1/auth/refresh", {"refresh_token": self.refresh_token})
        self.refresh_token = renewed["refresh_token"]
        return renewed["access_token"]


def schemes(case: schemathesis.Case) -> set[str]:
    """The security schemes that the operation of a case names."""
    security = case.operation.definition.raw.get("security", [])
    return {name for one in security for name in one}


def ends_the_session(case: schemathesis.Case) -> bool:
    """Whether the operation may end its own session; then it gets a separate one."""
    return case.operation.method == "delete" or case.operation.path.endswith("/logout")


def of_caller(case: schemathesis.Case, _context: object) -> str:
    """Which of the caller's sessions a case belongs to."""
    return "ending" if ends_the_session(case) else "lasting"


if WHO != "nobody":
    SESSIONS = {name: Session() for name in ("lasting", "ending")}

    @schemathesis.auth(refresh_interval=600, cache_by_key=of_caller, retry_on=[])
    class Caller:
        """Sends the token where the operation requires one of this kind."""

        def get(self, case, context):
            return SESSIONS[of_caller(case, context)].token()

        def set(self, case, data, context):
            wanted = "reporter" if WHO == "reporter" else "bearer"
            if wanted in schemes(case):
                case.headers = case.headers or {}
                case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Replaces idempotency keys, because a used key gets the stored reply or a refusal, and cursors, because a valid one comes only from an earlier page.
    Values that are wrong on purpose stay wrong."""
    for name in list(case.headers or {}):
        if name.lower() == "idempotency-key" and not is_negative(case, "header"):
            case.headers[name] = str(uuid.uuid4())
    if "cursor" in (case.query or {}) and not is_negative(case, "query") and not was_given(case.query["cursor"]):
        del case.query["cursor"]


def is_negative(case: schemathesis.Case, where: str) -> bool:
    """Whether this part of a case breaks the contract on purpose."""
    components = case.meta.components if case.meta else {}
    return any(place.value == where and part.mode.is_negative for place, part in components.items())


GIVEN: set[str] = set()


def was_given(cursor: object) -> bool:
    """Whether some page of this run ended with this cursor."""
    return isinstance(cursor, str) and cursor in GIVEN


# A document is recognised by its content, which no schema can describe.
FILES = [
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n",
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010800000000376ef9240000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
    ),
]
schemathesis.openapi.media_type("application/octet-stream", strategies.sampled_from(FILES))
schemathesis.openapi.media_type("application/pdf", strategies.just(FILES[0]))
TABLES = [
    b"code,kind,label,unit,amount,ceiling,province,legal_basis,valid_from,valid_to,is_example\n"
    b"SNI-KETUA,service,Ketua tim audit,OH,2000000,,,PP 54/2021,2026-01-01,,true\n",
    b"scheme,kind,component,tariff_code,per,valid_from,valid_to\nproduct_sni,initial,lead,SNI-KETUA,man_day,2026-01-01,\n",
    b"Kode Billing;NTPN;Jumlah;Tanggal Bayar\n820260706123456;ABCDEF1234567890;9.000.000;06/07/2026\n",
]
schemathesis.openapi.media_type("text/csv", strategies.sampled_from(TABLES))


COUNTS: collections.Counter = collections.Counter()
LOCK = threading.Lock()


@schemathesis.hook
def after_call(context, case, response):
    """Counts replies by operation and status, and keeps the cursors."""
    with LOCK:
        if b'"next_cursor":"' in response.content:
            GIVEN.add(response.json()["next_cursor"])
        COUNTS[f"{case.operation.definition.raw.get('operationId')} {response.status_code}"] += 1


@atexit.register
def write_counts():
    if "FUZZ_COUNTS" in os.environ:
        pathlib.Path(os.environ["FUZZ_COUNTS"]).write_text(json.dumps(COUNTS))


@schemathesis.hook
def filter_case(context, case):
    """Leaves out bodies that are too long only with blanks and invisible characters at the ends of a text, which the service removes before it counts."""
    return not (is_negative(case, "body") and any(text and not (text[0].isprintable() and text[-1].isprintable()) for text in texts(case.body)))


def texts(value: object) -> list[str]:
    """Every text inside a JSON value."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inside for text in texts(one)]


@schemathesis.check
def refusals_are_listed(ctx, response, case):
    """A refusal must have one of the codes that the contract lists for its status."""
    if response.status_code < 400 or "problem+json" not in response.headers.get("content-type", [""])[0]:
        return
    documented = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    if "$ref" in documented:
        documented = case.operation.schema.raw_schema["components"]["responses"][documented["$ref"].rsplit("/", 1)[1]]
    listed = documented.get("x-problem-codes", [])
    code = response.json().get("code")
    if response.status_code != 405 and code not in listed:
        raise AssertionError(f"{response.status_code} {code} is not listed, only {', '.join(listed) or 'nothing'}")


# What a schema can say of a value. A value that keeps its schema is not refused with one of these.
SHAPE = {
    "unknown_parameter", "unknown_field", "duplicate_field", "missing_field", "wrong_type", "unknown_value", "wrong_value", "duplicate", "empty", "too_short",
    "too_long", "too_many", "wrong_number", "not_digits", "not_one_line", "not_an_email", "unprintable", "misleading_character",
}
# Refusals of values that keep their schema: pointer, codes, and the condition that the schema cannot state.
EXCEPTIONS = [
    (r"/(new_)?password", {"too_short"}, "the length counts characters after normalisation"),
    (r".*", {"not_one_line", "misleading_character", "unprintable"}, "the Unicode class of a character, which no pattern names alike in all languages"),
    (r".*/email", {"not_an_email"}, "`format` says it, and each library has its own idea of it"),
    (r".*", {"duplicate"}, "with `uniqueItems`, generators make sets of lists and lose their order"),
    (r"", {"empty", "wrong_value"}, "a field that is null counts as left out, which `minProperties` does not see"),
    (r"/proof", {"wrong_value"}, "a field that is null counts as left out, which `minProperties` does not see"),
    (
        r"/.*/\d+/(reason|note|tariff_code)|/(reason|fields|man_days|complexity)",
        {"missing_field"},
        "needed when another field has a certain value, or none",
    ),
    (r"/(reporters|authority)_notified_at|/(billing|audit_days|custodian_key|passphrase|nik)", {"missing_field"}, "needed when the stored file lacks it"),
    (r"/(facts/.*|site|personnel|products|company|contact|scope)", {"missing_field"}, "the draft lacks it, not the request"),
    (r"/.+", {"empty"}, "text of blanks alone"),
    (r"/complaints", {"missing_field"}, "needed unless all complaints are meant"),
    (r"/custodian_key/.*", {"wrong_value"}, "the bytes that the base64 stands for"),
    (r"/billing_id", {"unknown_value"}, "the billing that the payment is of, as the service knows it"),
    (r"/(amount|document|legal_basis|from_billing|to_billing)", {"missing_field", "wrong_value"}, "of a correction: needed by one kind, strange to another"),
    (r"/adjustments(/\d+/percent)?", {"wrong_value"}, "an adjustment of nothing is none, and the sum of all is limited"),
    (r"/competences/\d+/role", {"wrong_value"}, "a decider or evaluator needs no competence"),
    (r"/cost_(estimate|lines)/\d+", {"wrong_value"}, "only a discount is negative, and the amount of a line is that of all its units"),
    (r"\?(from|to)", {"wrong_value"}, "the first day is after the last"),
]


def is_exception(pointer: str, code: str) -> bool:
    """Whether a value that keeps its schema may be refused so."""
    return any(code in codes and re.fullmatch(place, pointer) for place, codes, _ in EXCEPTIONS)


@schemathesis.check
def allowed_values_are_taken(ctx, response, case):
    """A request that keeps the contract may be refused by a rule of the office, and not for the form of a value. The same holds for headers."""
    if response.status_code not in (400, 422) or "problem+json" not in response.headers.get("content-type", [""])[0]:
        return
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "json" not in (case.media_type or "json"):
        # The cells of a table, and the bytes of a document, which no schema describes.
        return
    if case.operation.method == "patch":
        # A merge patch is judged when it is merged into the stored form, which no schema of the patch can state.
        return
    refused = [(fault["pointer"], fault["code"]) for fault in response.json().get("errors", [])]
    wrong = [one for one in refused if one[1] in SHAPE and not is_exception(*one)]
    if wrong:
        raise AssertionError(f"values that the contract allows are refused: {wrong}")
