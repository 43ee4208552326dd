/** One project per layer of evidence: `npx jest --selectProjects unit`. */
const shared = {
  rootDir: __dirname,
  testEnvironment: "node",
  moduleFileExtensions: ["ts", "mts", "cts", "js", "mjs", "cjs", "json"],
  transform: {
    "^.+\\.[mc]?[jt]s$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } },
    ],
  },
  // p-wait-for is published as an ES module only.
  transformIgnorePatterns: ["/node_modules/(?!(p-wait-for)/)"],
  // A workspace package is imported by its published name, from its built files.
  modulePathIgnorePatterns: ["<rootDir>/.*/dist/.*package\\.json$"],
};

/** @type {import("jest").Config} */
module.exports = {
  projects: ["unit", "plugin", "e2e"].map((name) => ({
    ...shared,
    displayName: name,
    testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  })),
};
