// What `cargo run` leaves beside its data: the demo accounts, and the custodian's stick. No real client has this.
import { readFileSync } from "node:fs";
import { type Desk, type Schemas, signIn } from "./desk.ts";

const DATA = process.env.DATA_DIR ?? "../../.data";

type Account = { role: Schemas["Role"]; email: string; password: string };

/** The desks of the demo accounts that hold these roles. */
export async function office<R extends Schemas["Role"]>(...roles: R[]): Promise<Record<R, Desk>> {
  const accounts = JSON.parse(readFileSync(`${DATA}/demo-accounts.json`, "utf8")) as Account[];
  const desks = {} as Record<R, Desk>;
  for (const role of roles) {
    const account = accounts.find((one) => one.role === role);
    if (!account) throw new Error(`there is no demo account of ${role}`);
    desks[role] = await signIn(account.email, account.password);
  }
  return desks;
}

/** The custodian's wrapped key and its passphrase. */
export function custodiansStick(): { custodian_key: Schemas["WrappedKey"]; passphrase: string } {
  const key = JSON.parse(readFileSync(`${DATA}-custodian/custodian-key.json`, "utf8")) as Schemas["WrappedKey"];
  return { custodian_key: key, passphrase: readFileSync(`${DATA}-custodian/passphrase.txt`, "utf8").trim() };
}

/** A small PDF, for want of a real one. */
export function paper(): Blob {
  const text = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n";
  return new Blob([text], { type: "application/octet-stream" });
}

/** The day so many days from now. */
export function day(ahead: number): string {
  return new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
}

let number = 0;

/** Says what was just done. */
export function tell(what: string, stage = ""): void {
  number += 1;
  console.log(`${String(number).padStart(2)}  ${what.padEnd(72)} ${stage}`);
}

/** Stops the story where something is not as it should be. */
export function expect<T>(what: string, is: T, wanted: T): void {
  if (is !== wanted) throw new Error(`${what} is ${String(is)} instead of ${String(wanted)}`);
}
