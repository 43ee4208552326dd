import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { errorTable } from "../../provider/errors/table";
import { decisionTable } from "../../provider/lifecycle/decide";
import { removalTable } from "../../provider/lifecycle/removal";

const root = join(__dirname, "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** The rows of the table between two marks, without its header: the first two cells. */
function tableBetween(text: string, mark: string): string[][] {
  const [, table = ""] = new RegExp(`<!-- ${mark} -->\\n([\\s\\S]*?)<!-- /${mark} -->`).exec(text) ?? [];
  const rows = table.trim().split("\n").slice(2);
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, 3)
      .map((cell) => cell.trim()),
  );
}

describe("ARCHITECTURE.md", () => {
  const text = read("ARCHITECTURE.md");

  test("lists the decision as the code has it, row by row", () => {
    const rows = decisionTable.map(({ reason, action, code }) => [
      reason,
      code === undefined ? action : `${action} \`${code}\``,
    ]);
    expect(tableBetween(text, "decision table")).toEqual(rows);
  });

  test("lists the removal as the code has it, row by row", () => {
    const rows = removalTable.map(({ reason, action }) => [reason, action]);
    expect(tableBetween(text, "removal table")).toEqual(rows);
  });
});

describe("README.md", () => {
  const text = read("README.md");
  const codes = Object.keys(errorTable);
  // `KVC_CHAIN_…` stands for all codes that begin so.
  const named = [...text.matchAll(/`(KVC_[A-Z_]+?)(…?)`/g)].map(([, code = "", rest = ""]) => ({
    code,
    isPrefix: rest !== "",
  }));
  const covers = (code: string) =>
    named.some((name) => (name.isPrefix ? code.startsWith(name.code) : code === name.code));

  test.each(codes)("tells what to do about %s", (code) => {
    expect(covers(code)).toBe(true);
  });

  test("names no code that does not exist", () => {
    const unknown = named.filter(
      ({ code, isPrefix }) => !codes.some((known) => (isPrefix ? known.startsWith(code) : known === code)),
    );
    expect(unknown).toEqual([]);
  });

  const programs = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, program = ""], index) => [`program ${index + 1}`, program] as const,
  );

  test("has programs", () => {
    expect(programs.length).toBeGreaterThan(0);
  });

  test.each(programs)("%s compiles", (_, program) => {
    expect(complaints(program)).toEqual([]);
  });

  test("is checked by something that can fail", () => {
    expect(
      complaints(
        'import { Certificate } from "pulumi-keyvault-certificates"; new Certificate("a", { polcy: 1 });',
      ),
    ).not.toEqual([]);
  });
});

/** What the compiler says of a program that stands where a user's would. */
function complaints(program: string): string[] {
  const file = join(root, "examples", "quickstart", "readme-program.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const original = { ...host };
  host.fileExists = (name) => name === file || original.fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, program, ts.ScriptTarget.ES2022)
      : original.getSourceFile(name, ...rest);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
