// Steps: the operation's `x-sop` is complete, and its id equals the row's code unless declared otherwise.

export default (operation, _options, context) => {
  const step = operation["x-sop"];
  const at = [...context.path, "x-sop"];
  if (!step) {
    const tasks = [operation["x-task"], operation["x-tasks"]].flat().filter(Boolean);
    return tasks.length > 0 ? [{ message: `says it does ${tasks.join(", ")} and shows no x-sop`, path: context.path }] : [];
  }
  const found = [];
  const say = (message) => found.push({ message, path: at });
  const { schemas = {} } = context.documentInventory.resolved.components ?? {};
  const roles = schemas.Role?.enum ?? [];
  if (!/^[a-z]+$/.test(step.sop ?? "")) say("names no SOP");
  if (!(step.step === null || Number.isInteger(step.step))) say("its step is neither a number nor null");
  if (!(step.within_minutes === null || step.within_minutes > 0)) say("its standard time is neither minutes nor null");
  if (step.step === null && step.within_minutes !== null) say("has a standard time without being a step");
  const actors = (step.actor ?? "").split(/[,| ]+/).filter(Boolean);
  if (actors.length === 0) say("names no actor");
  for (const actor of actors.filter((name) => ![...roles, "reporter", "system"].includes(name))) say(`its actor is no role: ${actor}`);
  const said = [operation["x-task"], operation["x-tasks"]].flat().filter(Boolean);
  const tasks = said.length > 0 ? said : [operation.operationId];
  if (tasks.join(", ") !== step.task) say(`is of the row ${step.task}, and the operation of ${tasks.join(", ")}`);
  return found;
};
