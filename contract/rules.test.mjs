// Tests our own rules: breaks the contract once for each rule and expects exactly that rule's fault.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

const whole = readFileSync(new URL("../openapi/openapi.json", import.meta.url), "utf8");
const contract = JSON.parse(whole);

/** A copy of what a reference leads to; other values as they are. */
const followed = (value) =>
  value?.$ref ? structuredClone(value.$ref.slice(2).split("/").reduce((at, key) => at[key], contract)) : value;
// A fault in a shared part would be found at each operation that refers to it, so each operation gets copies of its own.
for (const operation of Object.values(contract.paths).flatMap(Object.values)) {
  if (operation.parameters) operation.parameters = operation.parameters.map(followed);
  for (const [status, response] of Object.entries(operation.responses)) operation.responses[status] = followed(response);
}

/** Every operation with its path. */
const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);
/** The first operation of which this is true, taken once. */
const taken = new Set();
function one(what, is) {
  const found = operations.find(({ operation }) => !taken.has(operation) && is(operation));
  if (!found) throw new Error(`the contract has nothing to break: ${what}`);
  taken.add(found.operation);
  return found;
}
const parameter = (operation, place) => operation.parameters?.find((each) => each.in === place);
const json = (response) => response?.content?.["application/json"];

// Rule, and a function that breaks it and returns the broken operation.
const breaks = [
  ["id-operation", () => one("an id", () => true), ({ operation }) => (operation.operationId += "2")],
  ["id-parameter", () => one("a query", (it) => parameter(it, "query")), ({ operation }) => (parameter(operation, "query").name = "kebab-case")],
  ["words-of-operation", () => one("a summary", () => true), ({ operation }) => (operation.summary = "No term of the office")],
  ["words-of-parameter", () => one("a parameter", (it) => parameter(it, "path")), ({ operation }) => delete parameter(operation, "path").description],
  ["example-of-request", () => one("a body", (it) => json(it.requestBody)), ({ operation }) => delete json(operation.requestBody).example],
  ["example-of-reply", () => one("a reply", (it) => json(it.responses["200"])?.examples), ({ operation }) => (json(operation.responses["200"]).examples = undefined)],
  ["errors", () => one("422", (it) => it.requestBody && it.responses["422"]), ({ operation }) => delete operation.responses["422"]],
  ["errors", () => one("429", (it) => it.responses["429"]), ({ operation }) => delete operation.responses["429"].headers],
  ["errors", () => one("codes", (it) => it.responses["404"]), ({ operation }) => operation.responses["404"]["x-problem-codes"].push("made_up")],
  ["errors", () => one("a place", (it) => it.responses["201"]), ({ operation }) => delete operation.responses["201"].headers.Location],
  ["secured", () => one("security", () => true), ({ operation }) => delete operation.security],
  ["secured", () => one("a role", (it) => it["x-roles"]), ({ operation }) => operation["x-roles"].push("nobody_we_know")],
  [
    "lists",
    () => one("a page", (it) => it.parameters?.some((each) => each.name === "cursor")),
    ({ operation }) => (operation.parameters = operation.parameters.filter((each) => each.name !== "cursor")),
  ],
  ["steps", () => one("a step", (it) => it["x-sop"]?.step), ({ operation }) => (operation["x-sop"].actor = "nobody_we_know")],
  ["steps", () => one("a task", (it) => it["x-sop"] && !it["x-task"] && !it["x-tasks"]), ({ operation }) => (operation["x-sop"].task = "another")],
];
const wanted = breaks.map(([rule, find, spoil]) => {
  const found = find();
  spoil(found);
  return `${rule} in ${found.method} ${found.path}`;
});
contract.paths["/api/v1/notKebab"] = {};
contract.components.schemas.not_pascal = { type: "object", properties: { notSnake: { type: "string" } } };
wanted.push("id-path", "id-schema", "id-property", "words-of-schema");

const folder = mkdtempSync(join(tmpdir(), "service-desk-rules-"));
try {
  const file = join(folder, "broken.json");
  writeFileSync(file, JSON.stringify(contract));
  let told = "";
  try {
    execFileSync("spectral", ["lint", "--ruleset", "spectral.yaml", "--format", "json", "--quiet", file], { encoding: "utf8", maxBuffer: 1 << 26 });
  } catch (failure) {
    told = failure.stdout;
  }
  const found = JSON.parse(told).map(({ code, path }) => ({
    code,
    at: path[0] === "paths" && path.length > 2 ? `${code} in ${path[2]} ${path[1]}` : code,
  }));
  const unseen = wanted.filter((fault) => !found.some(({ code, at }) => at === fault || code === fault));
  unseen.forEach((fault) => console.error(`not found: ${fault}`));
  console.log(`${wanted.length - unseen.length} of ${wanted.length} faults found by our own rules`);
  process.exitCode = unseen.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
