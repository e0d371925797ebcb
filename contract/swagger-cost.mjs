// The processor time that Swagger UI takes until it is ready: with the settings of the service, and with those of Swagger UI's own defaults
// (groups open, models shown, replies coloured), in turn, in the same browser. Prints both and their ratio, and fails when the ratio is above a third.
//
//   BASE=… CHROMIUM=/usr/bin/chromium node swagger-cost.mjs
import { chromium } from "playwright-core";

const { BASE, CHROMIUM } = process.env;
const ROUNDS = 3;
// The service's settings and its plugin, and what they replace.
const DEFAULTS = [
  [/"docExpansion":\s*"none",?/, ""],
  [/"defaultModelsExpandDepth":\s*-1,?/, ""],
  [/"filter":\s*true,?/, ""],
  [/"syntaxHighlight":\s*\{[^}]*\},?/, ""],
  [/, QuickStart/, ""],
];

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-background-networking"] });

/** Milliseconds of the page's main thread until the page rests. */
async function cost(withDefaults) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 1250 } });
  const page = await context.newPage();
  if (withDefaults) {
    await page.route("**/swagger-initializer.js", async (route) => {
      const reply = await route.fetch();
      let script = await reply.text();
      for (const [setting, replacement] of DEFAULTS) {
        if (!setting.test(script)) throw new Error(`the start script has no ${setting}`);
        script = script.replace(setting, replacement);
      }
      await route.fulfill({ response: reply, body: script });
    });
  }
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(`${BASE}/swagger-ui/`);
  await page.locator(".opblock-tag").first().waitFor();
  // Ready: half a second without a task.
  const spent = async () => (await session.send("Performance.getMetrics")).metrics.find((one) => one.name === "TaskDuration").value * 1000;
  for (let before = -1, now = await spent(); now - before > 20; ) {
    before = now;
    await page.waitForTimeout(500);
    now = await spent();
  }
  const total = await spent();
  await context.close();
  return total;
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
const times = { ours: [], defaults: [] };
try {
  // The first page warms the browser's caches of code.
  await cost(false);
  for (let round = 0; round < ROUNDS; round += 1) {
    times.ours.push(await cost(false));
    times.defaults.push(await cost(true));
  }
} finally {
  await browser.close();
}
const [ours, defaults] = [median(times.ours), median(times.defaults)];
const ratio = ours / defaults;
console.log(`  ready after ${ours.toFixed(0)} ms of processor time; with Swagger UI's defaults ${defaults.toFixed(0)} ms: ratio ${ratio.toFixed(2)}`);
if (ratio > 1 / 3) {
  console.error("Swagger UI takes more than a third of the time that its defaults take");
  process.exit(1);
}
