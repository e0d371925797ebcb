"""How one person speaks to the service: a client with their token, and refusals as errors."""

import io
import json
import os
import pathlib
import uuid
from typing import TypeVar

from service_desk_client.api.sign_in import login
from service_desk_client.client import AuthenticatedClient, Client
from service_desk_client.models import Login, Problem, TokenPair
from service_desk_client.types import File, Response

BASE = os.environ.get("BASE", "http://127.0.0.1:8080")
DATA = os.environ.get("DATA_DIR", "../../.data")

T = TypeVar("T")


class Refusal(Exception):
    """The service said no: a problem (RFC 9457) with a stable code."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}: {problem.detail} {problem.errors or ''}")
        self.problem = problem


def done(reply: Response[T | Problem]) -> T:
    """What a call gives, or a `Refusal`."""
    if isinstance(reply.parsed, Problem):
        raise Refusal(reply.parsed)
    if reply.parsed is None:
        raise RuntimeError(f"{reply.status_code} without a body that the contract knows")
    return reply.parsed


def refused(reply: Response[T | Problem]) -> str:
    """The code of the problem with which a call is refused."""
    if not isinstance(reply.parsed, Problem):
        raise AssertionError("this should have been refused")
    return reply.parsed.code


def key() -> str:
    """For one request: sent again under it, that gets the first reply, never a second effect."""
    return str(uuid.uuid4())


def nobody() -> Client:
    """Somebody who is not signed in."""
    return Client(base_url=BASE, headers={"accept-language": "en"})


def holding(token: str) -> AuthenticatedClient:
    """Whoever has this token."""
    return AuthenticatedClient(base_url=BASE, token=token, headers={"accept-language": "en"})


def sign_in(email: str, password: str) -> AuthenticatedClient:
    """The desk of whoever it is."""
    session = login.sync_detailed(client=nobody(), body=Login(email=email, password=password)).parsed
    if isinstance(session, Problem):
        raise Refusal(session)
    assert isinstance(session, TokenPair), "the account has a second factor; this client signs in with a password alone"
    return holding(session.access_token)


def demo(role: str) -> AuthenticatedClient:
    """The desk of the demo account that holds this role. No real client has that."""
    accounts = json.loads(pathlib.Path(DATA, "demo-accounts.json").read_text())
    account = next(one for one in accounts if one["role"] == role)
    return sign_in(account["email"], account["password"])


def paper() -> File:
    """A small PDF, for want of a real one."""
    text = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    return File(payload=io.BytesIO(text), mime_type="application/octet-stream")


def tell(what: str, stage: str = "") -> None:
    """Says what was just done."""
    print(f"    {what:<72} {stage}", flush=True)
