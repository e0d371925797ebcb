// Refusals: an operation's inputs decide which refusals it must document, and all have one schema.

const PROBLEM = "application/problem+json";

/** Why an operation may be refused, and with which statuses. */
const CAUSES = [
  { of: () => true, statuses: ["429", "500", "503"], why: "any request may meet them" },
  { of: (operation) => operation.requestBody, statuses: ["400", "408", "413", "415", "422"], why: "it takes a body" },
  { of: (operation) => has(operation, "path"), statuses: ["400", "404"], why: "it has a path parameter", or: true },
  { of: (operation) => has(operation, "query"), statuses: ["400"], why: "it has a query parameter" },
  { of: (operation) => has(operation, "header", "If-Match"), statuses: ["412"], why: "it takes If-Match" },
  { of: (operation) => named(operation, "header", "If-Match")?.required, statuses: ["428"], why: "it wants If-Match" },
  { of: (operation) => has(operation, "header", "If-None-Match"), statuses: ["304"], why: "it takes If-None-Match" },
  { of: (operation) => has(operation, "header", "Idempotency-Key"), statuses: ["409", "422"], why: "it takes Idempotency-Key" },
];

const named = (operation, place, name) =>
  (operation.parameters ?? []).find((one) => one.in === place && (!name || one.name.toLowerCase() === name.toLowerCase()));
const has = (operation, place, name) => named(operation, place, name) !== undefined;

export default (operation, _options, context) => {
  const found = [];
  const responses = operation.responses ?? {};
  const say = (message, ...path) => found.push({ message, path: [...context.path, "responses", ...path] });

  for (const { of, statuses, why, or } of CAUSES.filter((cause) => cause.of(operation))) {
    const missing = statuses.filter((status) => !responses[status]);
    if (or ? missing.length === statuses.length : missing.length > 0) say(`${missing.join(", ")} is not listed, though ${why}`);
  }

  for (const [status, response] of Object.entries(responses)) {
    if (!/^[45]/.test(status)) continue;
    const codes = response["x-problem-codes"] ?? [];
    if (codes.length === 0) say("tells no x-problem-codes", status);
    for (const code of codes) {
      if (!response.description?.includes(`\`${code}\``)) say(`does not explain ${code}`, status);
    }
    const kinds = Object.keys(response.content ?? {});
    if (kinds.join() !== PROBLEM) say(`is ${kinds.join(", ") || "empty"} and not ${PROBLEM}`, status);
    const example = response.content?.[PROBLEM]?.example;
    if (example && String(example.status) !== status) say(`shows a problem of status ${example.status}`, status);
    if (example && !codes.includes(example.code)) say(`shows a problem that is not among its codes: ${example.code}`, status);
    const wanted = { 401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After" }[status];
    if (wanted && !response.headers?.[wanted]) say(`lacks the header ${wanted}`, status);
  }
  if (responses["201"] && !responses["201"].headers?.Location) say("lacks the header Location", "201");
  return found;
};
