// Functions over fetch and types, into src/client.ts and src/model.
import { defineConfig } from "orval";

export default defineConfig({
  desk: {
    input: "../../openapi/openapi.json",
    output: { target: "src/client.ts", schemas: "src/model", client: "fetch", clean: true },
  },
});
