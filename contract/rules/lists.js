// Pages: an operation with a cursor has a limit and returns items, the next cursor and its link; an operation that returns a next cursor accepts one.

export default (operation, _options, context) => {
  const found = [];
  const query = new Set((operation.parameters ?? []).filter((one) => one.in === "query").map((one) => one.name));
  const page = operation.responses?.["200"];
  const fields = page?.content?.["application/json"]?.schema?.properties ?? {};
  // A stored document in a negotiated format is not a list.
  if (query.size === 0 && Object.keys(page?.content ?? {}).length > 1) return found;
  const gives = "next_cursor" in fields;
  const say = (message) => found.push({ message, path: context.path });
  if (query.has("cursor") !== gives) say(gives ? "gives next_cursor and takes no cursor" : "takes a cursor and gives no next_cursor");
  if (gives && !query.has("limit")) say("is paged and takes no limit");
  if (gives && fields.items?.type !== "array") say("is a page without items");
  if (gives && !page.headers?.Link) say("is a page without the header Link");
  return found;
};
