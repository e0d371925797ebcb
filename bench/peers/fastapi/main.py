"""The four operations of the benchmark as a FastAPI service on asyncpg: the same rows and the same rights as the service's, without its forms,
notifications and retries. uvicorn runs one process for each worker."""

import datetime
import json
import os
import pathlib
import urllib.request
import uuid
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import ORJSONResponse

SQL = {file.stem: file.read_text() for file in pathlib.Path(os.environ["SQL"]).glob("*.sql")}
with urllib.request.urlopen(f"{os.environ['KEYS']}/.well-known/jwks.json", timeout=10) as reply:
    KEYS = {key["kid"]: jwt.PyJWK(key).key for key in json.load(reply)["keys"]}


async def with_json(connection: asyncpg.Connection) -> None:
    """Reads and writes jsonb as Python values."""
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


@asynccontextmanager
async def lifespan(app: FastAPI):
    size = int(os.environ["DATABASE_CONNECTIONS"])
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size, init=with_json)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan, default_response_class=ORJSONResponse)


async def signed_in(request: Request) -> asyncpg.Record:
    """The person of the access token."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        key = KEYS[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, algorithms=["EdDSA"], options={"verify_aud": False})
    except (jwt.InvalidTokenError, KeyError) as error:
        raise HTTPException(401) from error
    person = await request.app.state.pool.fetchrow(SQL["session"], claims["sid"], claims["sub"])
    if person is None:
        raise HTTPException(401)
    return person


Person = Annotated[asyncpg.Record, Depends(signed_in)]


async def find(connection: asyncpg.Pool | asyncpg.Connection, id: uuid.UUID, person: asyncpg.Record) -> dict:
    found = await connection.fetchrow(SQL["one"], id, person["id"], person["roles"], person["customer_id"])
    if found is None:
        raise HTTPException(404)
    return dict(found)


@app.get("/ready")
async def ready() -> None:
    return None


@app.get("/api/v1/applications")
async def list_applications(request: Request, stage: str, person: Person):
    rows = await request.app.state.pool.fetch(SQL["list"], person["office_id"], stage, person["roles"], person["customer_id"])
    return ORJSONResponse([plain(row) for row in rows])


@app.get("/api/v1/applications/{id}")
async def one(request: Request, id: uuid.UUID, person: Person):
    return ORJSONResponse(plain(await find(request.app.state.pool, id, person)))


@app.post("/api/v1/applications", status_code=201)
async def create(request: Request, form: dict, person: Person):
    if person["customer_id"] is None:
        raise HTTPException(403)
    id, now = uuid.uuid4(), datetime.datetime.now(datetime.UTC)
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL["add"], id, person["office_id"], person["customer_id"], form, now)
        await connection.execute(SQL["turn"], person["office_id"], id, now, 1)
        await connection.execute(SQL["enter"], person["office_id"], id, now, person["id"], person["roles"], "start_application")
        found = await find(connection, id, person)
    return ORJSONResponse(plain(found), 201)


@app.post("/api/v1/applications/{id}/filing")
async def file(request: Request, id: uuid.UUID, person: Person):
    if "pji_staff" not in person["roles"]:
        raise HTTPException(403)
    now = datetime.datetime.now(datetime.UTC)
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        moved = await connection.execute(SQL["move"], id, now, person["roles"])
        if moved != "UPDATE 1":
            raise HTTPException(409)
        await connection.execute(SQL["enter"], person["office_id"], id, now, person["id"], person["roles"], "file_application")
        await connection.execute(SQL["turn"], person["office_id"], id, now, 3)
        found = await find(connection, id, person)
    return ORJSONResponse(plain(found))


def plain(row) -> dict:
    """A row as orjson writes it: asyncpg's ids are a subclass of `UUID`."""
    return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in dict(row).items()}
