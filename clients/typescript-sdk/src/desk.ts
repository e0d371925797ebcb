// How one person speaks to the service: a client with their token, a key for each POST, and refusals as errors.
import { type Client, createClient } from "./sdk/client/index.ts";
import { login } from "./sdk/sdk.gen.ts";
import type { Problem } from "./sdk/types.gen.ts";

/** The client of whoever has this token; without one, of somebody unknown. */
export function desk(token?: string): Client {
  const client = createClient({
    baseUrl: process.env.BASE ?? "http://127.0.0.1:8080",
    headers: { "accept-language": "en" },
    ...(token ? { auth: () => token } : {}),
  });
  // A request that is sent again under its key gets the first reply, never a second effect.
  client.interceptors.request.use((request) => {
    if (request.method === "POST" && !request.headers.has("idempotency-key")) request.headers.set("idempotency-key", crypto.randomUUID());
    return request;
  });
  return client;
}

type Reply<T> = { data?: T; error?: Problem | undefined; response?: Response | undefined };

/** What a call gives; an error where the service said no. */
export async function done<T>(call: Promise<Reply<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await call;
  if (error || !response?.ok) throw new Error(`${response?.status} ${error?.code}: ${error?.detail} ${JSON.stringify(error?.errors ?? [])}`);
  // A reply without content (204) has no data; nobody asks for it there.
  return data as NonNullable<T>;
}

/** The code of the problem with which a call is refused. */
export async function refused(call: Promise<Reply<unknown>>): Promise<string> {
  const { error } = await call;
  if (!error) throw new Error("this should have been refused");
  return error.code;
}

/** Signs in, and gives the desk of whoever it is. */
export async function signIn(email: string, password: string): Promise<Client> {
  const session = await done(login({ client: desk(), body: { email, password } }));
  if (!("access_token" in session)) throw new Error("the account has a second factor; this client signs in with a password alone");
  return desk(session.access_token);
}
