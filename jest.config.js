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
  // Published as ES modules only: p-wait-for, and what @azure/identity reaches proxies with.
  transformIgnorePatterns: [
    "/node_modules/(?!(p-wait-for|https-proxy-agent|http-proxy-agent|agent-base|proxy-agent-negotiate)/)",
  ],
  // A workspace package is imported by its published name, from its built files.
  modulePathIgnorePatterns: ["<rootDir>/.*/dist/.*package\\.json$"],
};

/** @type {import("jest").Config} */
module.exports = {
  // An engine under test waits most of its time.
  maxWorkers: 2,
  projects: ["unit", "plugin", "e2e", "chaos"].map((name) => ({
    ...shared,
    displayName: name,
    testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  })),
};
