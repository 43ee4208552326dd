import { type StartFacts, startProblem } from "../../../provider/signers/start-problem";

const facts: StartFacts = {
  program: "./sign.sh",
  code: "ENOENT",
  platform: "linux",
  found: "nothing",
  folderExists: true,
};
const windows = { platform: "win32" } as const;

describe("a program that was not started", () => {
  test.each<[string, Partial<StartFacts>]>([
    ["notThere", {}],
    ["notThere", { code: "ENOTDIR", program: "./sign.sh/deeper" }],
    ["notThere", { ...windows, program: ".\\sign.exe" }],
    ["notOnPath", { program: "sign" }],
    ["notOnPath", { program: "sign\\now" }],
    ["notOnWindowsPath", { ...windows, program: "npx" }],
    ["oneText", { program: "./sign.sh --days 90" }],
    ["oneText", { program: "openssl x509" }],
    ["batchFile", { ...windows, program: "sign.CMD", code: "EINVAL" }],
    ["batchFile", { ...windows, program: "C:\\tools\\sign.bat. " }],
    ["other", { program: "sign.cmd", code: "EINVAL" }],
    ["interpreterMissing", { found: "file" }],
    ["interpreterMissing", { found: "file", program: "./with a space.sh" }],
    ["notExecutable", { found: "file", code: "EACCES" }],
    ["notExecutable", { program: "sign", code: "EACCES" }],
    ["isFolder", { found: "folder", code: "EACCES" }],
    ["folderMissing", { folderExists: false }],
    ["tooLong", { code: "E2BIG" }],
    ["notText", { code: "ERR_INVALID_ARG_VALUE" }],
    ["other", { code: "EMFILE" }],
  ])("is told as %s for %j", (problem, given) => {
    expect(startProblem({ ...facts, ...given })).toBe(problem);
  });
});
