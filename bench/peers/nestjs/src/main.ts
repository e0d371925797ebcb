// The four operations of the benchmark as a NestJS service on Fastify and pg: the same rows and the same rights as the service's, without its
// forms, notifications and retries. One process for each worker.
import 'reflect-metadata';
import cluster from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Body,
  CanActivate,
  ConflictException,
  Controller,
  ExecutionContext,
  ForbiddenException,
  Get,
  HttpCode,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLocalJWKSet, JSONWebKeySet, jwtVerify, JWTVerifyGetKey } from 'jose';
import { Pool, PoolClient } from 'pg';

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
};

const text = (name: string): string => readFileSync(join(setting('SQL'), `${name}.sql`), 'utf8');
const sql = Object.fromEntries(['session', 'one', 'list', 'add', 'move', 'turn', 'enter'].map((name) => [name, { name, text: text(name) }]));

interface Person {
  id: string;
  office_id: string;
  customer_id: string | null;
  roles: string[];
}

interface Asked {
  headers: Record<string, string | undefined>;
  person: Person;
}

@Injectable()
class Database {
  readonly pool = new Pool({
    connectionString: setting('DATABASE_URL'),
    max: Number(setting('DATABASE_CONNECTIONS')),
  });

  async rows<T>(query: { name: string; text: string }, values: unknown[], on: Pool | PoolClient = this.pool): Promise<T[]> {
    return (await on.query({ ...query, values })).rows as T[];
  }

  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const outcome = await work(client);
      await client.query('commit');
      return outcome;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }
}

@Injectable()
class SignedIn implements CanActivate {
  private keys: Promise<JWTVerifyGetKey> = fetch(`${setting('KEYS')}/.well-known/jwks.json`)
    .then((reply) => reply.json())
    .then((keys) => createLocalJWKSet(keys as JSONWebKeySet));

  constructor(private readonly database: Database) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const asked = context.switchToHttp().getRequest<Asked>();
    const token = asked.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const { payload } = await jwtVerify(token, await this.keys, { algorithms: ['EdDSA'] }).catch(() => {
      throw new UnauthorizedException();
    });
    const [person] = await this.database.rows<Person>(sql.session, [payload.sid, payload.sub]);
    if (!person) throw new UnauthorizedException();
    asked.person = person;
    return true;
  }
}

@Controller('api/v1/applications')
@UseGuards(SignedIn)
class Applications {
  constructor(private readonly database: Database) {}

  private async find(id: string, person: Person, on?: PoolClient): Promise<unknown> {
    const [found] = await this.database.rows(sql.one, [id, person.id, person.roles, person.customer_id], on);
    if (!found) throw new NotFoundException();
    return found;
  }

  @Get()
  list(@Query('stage') stage: string, @Req() { person }: Asked): Promise<unknown> {
    return this.database.rows(sql.list, [person.office_id, stage, person.roles, person.customer_id]);
  }

  @Get(':id')
  one(@Param('id') id: string, @Req() { person }: Asked): Promise<unknown> {
    return this.find(id, person);
  }

  @Post()
  create(@Body() form: unknown, @Req() { person }: Asked): Promise<unknown> {
    if (person.customer_id === null) throw new ForbiddenException();
    return this.database.transaction(async (work) => {
      const [id, now] = [randomUUID(), new Date()];
      await this.database.rows(sql.add, [id, person.office_id, person.customer_id, form, now], work);
      await this.database.rows(sql.turn, [person.office_id, id, now, 1], work);
      await this.database.rows(sql.enter, [person.office_id, id, now, person.id, person.roles, 'start_application'], work);
      return this.find(id, person, work);
    });
  }

  @Post(':id/filing')
  @HttpCode(200)
  file(@Param('id') id: string, @Req() { person }: Asked): Promise<unknown> {
    if (!person.roles.includes('pji_staff')) throw new ForbiddenException();
    return this.database.transaction(async (work) => {
      const now = new Date();
      const moved = await work.query({ ...sql.move, values: [id, now, person.roles] });
      if (moved.rowCount === 0) throw new ConflictException();
      await this.database.rows(sql.enter, [person.office_id, id, now, person.id, person.roles, 'file_application'], work);
      await this.database.rows(sql.turn, [person.office_id, id, now, 3], work);
      return this.find(id, person, work);
    });
  }
}

@Controller('ready')
class Ready {
  @Get()
  ready(): string {
    return '';
  }
}

@Module({ controllers: [Applications, Ready], providers: [Database, SignedIn] })
class Peer {}

async function serve(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(Peer, new FastifyAdapter(), { logger: false });
  const [host, port] = setting('LISTEN').split(':');
  await app.listen(Number(port), host);
}

if (cluster.isPrimary) {
  for (let n = 0; n < Number(setting('WORKERS')); n += 1) cluster.fork();
  process.on('SIGTERM', () => process.exit());
} else {
  void serve();
}
