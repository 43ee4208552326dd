import { diagnosticsOf } from "./diagnostics";

const transcript = `
$ pulumi up
Updating (dev):
 +  keyvault:Certificate one creating (0s)
Resources:
    + 2 created

$ pulumi up
Updating (dev):
 +  keyvault:Certificate two creating failed error: CA says no
Diagnostics:
  keyvault:Certificate (two):
    error: CA says no
    Resources: none

  pulumi:pulumi:Stack (chaos-dev):
    error: update failed

Resources:
    1 unchanged

$ pulumi preview
Diagnostics:
  error: no changes were expected
`;

test("gives what each command told of failures, and nothing of what went well", () => {
  expect(diagnosticsOf(transcript)).toEqual([
    "$ pulumi up",
    "  keyvault:Certificate (two):\n    error: CA says no\n    Resources: none\n\n  pulumi:pulumi:Stack (chaos-dev):\n    error: update failed",
    "$ pulumi preview",
    "  error: no changes were expected",
  ]);
});

test("gives nothing where nothing failed", () => {
  expect(diagnosticsOf("$ pulumi up\nResources:\n    + 2 created\n")).toEqual([]);
});
