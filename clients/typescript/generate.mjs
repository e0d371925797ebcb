// Makes src/contract.d.ts from the contract. What is binary there is a Blob here.
import { writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const BLOB = ts.factory.createTypeReferenceNode("Blob");

const types = await openapiTS(new URL("../../openapi/openapi.json", import.meta.url), {
  defaultNonNullable: false,
  transform: (schema) => (schema.format === "binary" ? BLOB : undefined),
});
writeFileSync(new URL("src/contract.d.ts", import.meta.url), astToString(types));
