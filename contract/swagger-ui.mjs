// A user with only Swagger UI: opens the page, signs in with "Try it out", authorizes with the token, and tries steps out, in an installed Chromium.
// The console must show no error, and the page must send requests to the service only.
//
//   BASE=… DATA_DIR=… CHROMIUM=/usr/bin/chromium node swagger-ui.mjs [SCREENSHOT.png]
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { BASE, DATA_DIR, CHROMIUM } = process.env;
const [screenshot] = process.argv.slice(2).filter(Boolean);
const accounts = JSON.parse(readFileSync(`${DATA_DIR}/demo-accounts.json`, "utf8"));
const LETTER = {
  name: "surat-permohonan.pdf",
  mimeType: "application/pdf",
  buffer: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"),
};

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-background-networking"] });
const page = await browser.newPage({ viewport: { width: 1200, height: 1250 } });
const faults = [];
const asked = new Set();
page.on("console", (message) => {
  // The console also reports the refusals that this script provokes; any other message is a fault.
  if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
});
page.on("pageerror", (error) => faults.push(`page: ${error}`));
page.on("request", (request) => {
  const url = new URL(request.url());
  if (url.protocol !== "data:" && url.protocol !== "blob:") asked.add(url.origin);
});

const contract = await (await fetch(`${BASE}/api-docs/openapi.json`)).json();
const groups = new Map(
  Object.values(contract.paths).flatMap((item) => Object.values(item).flatMap(({ operationId, tags }) => (operationId ? [[operationId, tags[0]]] : []))),
);

/** The block of an operation, opened. Its group is closed at first. */
async function open(id) {
  const group = page.locator(`.opblock-tag[data-tag="${groups.get(id)}"]`);
  if ((await group.getAttribute("data-is-open")) !== "true") await group.click();
  const block = page.locator(`[id^="operations-"][id$="-${id}"]`);
  await block.waitFor();
  await block.scrollIntoViewIfNeeded();
  if (!(await block.getAttribute("class")).includes("is-open")) await block.locator(".opblock-summary-control").first().click();
  await block.locator(".opblock-body").waitFor();
  return block;
}

/** Sends the operation with these parameters and this body, and gives status and JSON of the reply. */
async function tryOut(operation, { body, file, ...parameters } = {}) {
  const block = await open(operation);
  // Otherwise the previous reply would be read as this one's.
  const clear = block.locator("button.btn-clear");
  if ((await clear.count()) > 0) await clear.click();
  for (const [name, value] of Object.entries(parameters)) {
    await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
  }
  if (body) await block.locator("textarea.body-param__text").fill(JSON.stringify(body, null, 2));
  if (file) await block.locator('input[type="file"]').setInputFiles(file);
  await block.locator("button.execute").click();
  const live = block.locator(".live-responses-table");
  await live.waitFor();
  const status = Number((await live.locator(".response-col_status").nth(1).innerText()).match(/\d+/)[0]);
  const text = await live.locator(".response-col_description pre.microlight, .response-col_description .highlight-code pre").first().innerText();
  console.log(`  ${operation.padEnd(24)} ${status}`);
  // A reply without a body shows its headers there.
  return { status, reply: text.trimStart().startsWith("{") ? JSON.parse(text) : null, block };
}

/** Signs in, as the example does or with an account, and authorizes with the token of the reply. */
async function signIn(account) {
  const body = account && { email: account.email, password: account.password };
  const login = await tryOut("login", { body });
  wants("signing in", login.status, 200);
  await page.locator("button.authorize").first().click();
  // A user may paste the token without selecting a field, so the focus must be on the first field, of `bearer`.
  const boxes = page.locator(".auth-container");
  await boxes.last().waitFor();
  const bearer = boxes.first();
  wants("the first box", /^bearer\b/.test((await bearer.locator("h4").first().innerText()).trim()), true);
  const focused = await page.evaluate(() => document.activeElement?.closest(".auth-container")?.querySelector("h4")?.textContent ?? "none");
  if ((await bearer.locator("input").count()) > 0) wants("the box with the focus", focused.trim().split(/\s/)[0], "bearer");
  const before = bearer.locator("button", { hasText: "Logout" });
  if ((await before.count()) > 0) await before.click();
  await bearer.locator("input").fill(login.reply.access_token);
  await bearer.locator("button.authorize").click();
  await bearer.locator(".btn-done").click();
}

function wants(what, is, wanted) {
  if (is !== wanted) throw new Error(`${what} is ${is} instead of ${wanted}`);
}

try {
  await page.goto(`${BASE}/swagger-ui/`);
  await page.locator(".opblock-tag").first().waitFor();
  const shown = await page.locator(".opblock-tag").evaluateAll((all) => all.map((one) => one.dataset.tag));
  wants("the groups", shown.join(), contract.tags.map((tag) => tag.name).join());
  wants("the first group", shown[0], "sign in");
  wants("open groups", await page.locator('.opblock-tag[data-is-open="true"]').count(), 0);
  wants("the filter", await page.locator(".operation-filter-input").count(), 1);
  console.log(`  opened, ${shown.length} groups`);

  // The examples are sent unchanged, as a new user would send them. An address that has an account gets the same answer.
  const registered = await tryOut("register");
  wants("registering", registered.status, 202);
  await signIn();
  const me = await tryOut("show_me");
  wants("my role", me.reply.roles[0], "customer");
  const draft = await tryOut("start_application");
  wants("the draft", draft.status, 201);
  const { id } = draft.reply;
  wants("the letter", (await tryOut("attach_document", { id, requirement: "P01", file: LETTER })).status, 201);
  const submitted = await tryOut("submit_application", { id });
  wants("its stage after the step", submitted.reply.stage, "submitted");

  // The reply names the next operation and its actors; one of them signs in.
  const { task, actors } = submitted.reply.next.find((one) => one.step === 2);
  await signIn(accounts.find((one) => actors.includes(one.role)));
  const filed = await tryOut(task, { id });
  wants("its stage after the next", filed.reply.stage, "filed");
  const read = await tryOut("read_application", { id });
  wants("its number", read.reply.number, submitted.reply.number);
  if (screenshot) {
    // The screenshot: the step, its request, and the reply with the next step.
    await read.block.evaluate((block) => block.scrollIntoView({ block: "start" }));
    await page.screenshot({ path: screenshot });
  }
} finally {
  await browser.close();
}
for (const origin of asked) if (origin !== BASE) faults.push(`asked another host: ${origin}`);
faults.forEach((fault) => console.error(fault));
console.log(`  console: ${faults.length === 0 ? "silent" : `${faults.length} complaints`}; asked: ${[...asked].join(", ")}`);
process.exit(faults.length === 0 ? 0 : 1);
