// How one person speaks to the service: a client with their token, a key for each POST, and refusals as errors.
import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { components, paths } from "./contract.d.ts";

export type Schemas = components["schemas"];
// What is served in several formats is asked for as JSON here; a file is what another client, or `fetch`, asks for.
type Json = "application/json" | "application/problem+json";
export type Desk = Client<paths, Json>;

/** Where the service is. */
export const BASE = process.env.BASE ?? "http://127.0.0.1:8080";

/** A request that is sent again under its key gets the first reply, never a second effect. So the key belongs to the request, not to the attempt. */
const keyed: Middleware = {
  onRequest({ request }) {
    if (request.method === "POST" && !request.headers.has("idempotency-key")) request.headers.set("idempotency-key", crypto.randomUUID());
    return request;
  },
};

/** The desk of whoever has this token; without one, of somebody unknown. */
export function desk(token?: string): Desk {
  const headers: Record<string, string> = { "accept-language": "en" };
  if (token) headers.authorization = `Bearer ${token}`;
  const client = createClient<paths, Json>({ baseUrl: BASE, headers });
  client.use(keyed);
  return client;
}

/** The service said no: a problem (RFC 9457) with a stable code, and each fault with its place. */
export class Refusal extends Error {
  readonly problem: Schemas["Problem"];

  constructor(problem: Schemas["Problem"]) {
    const faults = (problem.errors ?? []).map((fault) => `\n  ${fault.pointer}: ${fault.detail}`);
    super(`${problem.status} ${problem.code}: ${problem.detail}${faults.join("")}`);
    this.problem = problem;
  }
}

/** What a call gives, or a `Refusal`. */
export async function done<T>(call: Promise<{ data?: T; error?: Schemas["Problem"]; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (error) throw new Refusal(error);
  if (!response.ok) throw new Error(`${response.status} without a word of why`);
  // A reply without content (204) has no data; there `T` is undefined.
  return data as T;
}

/** The code of the problem with which a call is refused. */
export async function refused(call: Promise<{ error?: Schemas["Problem"] }>): Promise<string> {
  const { error } = await call;
  if (!error) throw new Error("this should have been refused");
  return error.code;
}

/** Signs in, and gives the desk of whoever it is. */
export async function signIn(email: string, password: string): Promise<Desk> {
  const session = await done(desk().POST("/api/v1/auth/login", { body: { email, password } }));
  if (!("access_token" in session)) throw new Error("the account has a second factor; this client signs in with a password alone");
  return desk(session.access_token);
}
