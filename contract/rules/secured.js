// Security: every operation declares it, with a described scheme and the refusals of other callers.

export default (operation, _options, context) => {
  const found = [];
  const say = (message) => found.push({ message, path: [...context.path, "security"] });
  if (!Array.isArray(operation.security)) {
    say("does not say who may call; `security: []` is everybody");
    return found;
  }
  const schemes = context.documentInventory.resolved.components?.securitySchemes ?? {};
  const wanted = operation.security.flatMap((one) => Object.keys(one));
  for (const scheme of wanted.filter((name) => !schemes[name]?.description)) say(`wants ${scheme}, which nothing describes`);
  const { responses = {} } = operation;
  if (wanted.length > 0 && !responses["401"]) say("wants a token and does not list 401");
  if (wanted.includes("bearer") && !responses["403"]) say("wants somebody signed in and does not list 403");
  if (wanted.length === 0 && responses["403"] && !operation["x-sop"]) say("is open to all and lists 403");
  const roles = context.documentInventory.resolved.components?.schemas?.Role?.enum ?? [];
  // `staff` is every role but `customer`.
  const known = [...roles, "staff"];
  for (const role of [operation["x-roles"] ?? []].flat().filter((name) => !known.includes(name))) say(`names a role that is none: ${role}`);
  return found;
};
