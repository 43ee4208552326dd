import js from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * Arrows go one way: resources → (nothing but types); plugin → lifecycle → vault, x509, signers.
 * Each row: the folder, what it must not import, and where to go instead.
 */
const layers = [
  {
    folder: "resources",
    group: [
      "**/plugin/**",
      "**/lifecycle/**",
      "**/signers/**",
      "@azure/*",
      "undici",
      "zod",
      "@peculiar/*",
      "p-wait-for",
    ],
    message: "A program only declares: import types, and let plugin/ do the work in the plugin process.",
  },
  {
    folder: "lifecycle",
    group: ["@pulumi/*", "**/plugin/**", "**/resources/**", "@azure/*", "undici", "zod", "@peculiar/*"],
    message:
      "lifecycle/ decides on plain data: take Pulumi's part from plugin/, HTTP from vault/, bytes from x509/, as arguments.",
  },
  {
    folder: "vault",
    group: [
      "@pulumi/*",
      "**/plugin/**",
      "**/resources/**",
      "**/lifecycle/**",
      "**/x509/**",
      "**/signers/**",
      "zod",
      "@peculiar/*",
    ],
    message:
      "vault/ knows HTTP and JSON only: decide in lifecycle/, read bytes in x509/, speak Pulumi in plugin/.",
  },
  {
    folder: "x509",
    group: [
      "@pulumi/*",
      "**/plugin/**",
      "**/resources/**",
      "**/lifecycle/**",
      "**/vault/**",
      "**/signers/**",
      "@azure/*",
      "undici",
      "zod",
    ],
    message: "x509/ knows bytes only: compare with a policy in lifecycle/, fetch in vault/.",
  },
  {
    folder: "signers",
    group: [
      "@pulumi/*",
      "**/plugin/**",
      "**/resources/**",
      "**/lifecycle/**",
      "**/vault/**",
      "**/x509/**",
      "@azure/*",
      "undici",
      "zod",
      "@peculiar/*",
      "p-wait-for",
    ],
    message:
      "signers/ turns a CSR into a chain and knows nothing else: judge the chain in x509/, decide in lifecycle/.",
  },
  {
    folder: "errors",
    group: ["@pulumi/*", "../*", "@azure/*", "undici", "zod", "@peculiar/*"],
    message: "errors/ is below every layer: it imports nothing of them.",
  },
];

const layerRules = layers.map(({ folder, group, message }) => ({
  files: [`provider/${folder}/**/*.ts`],
  rules: {
    "no-restricted-imports": "off",
    "@typescript-eslint/no-restricted-imports": [
      "error",
      { patterns: [{ group, message, allowTypeImports: folder === "resources" }] },
    ],
  },
}));

const onlyIn = (path, name) => ({
  files: ["provider/**/*.ts"],
  ignores: [path],
  rules: {
    "no-restricted-syntax": [
      "error",
      {
        selector: `:matches(ImportDeclaration[importKind!='type'][source.value='${name}'], ImportExpression[source.value='${name}'])`,
        message: `${name} is used in ${path} only: pass what you need as an argument.`,
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "coverage/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: "error",
      complexity: ["error", 12],
      "max-depth": ["error", 3],
      "max-params": "off",
      "@typescript-eslint/max-params": ["error", { max: 4 }],
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
    },
  },
  onlyIn("provider/vault/send.ts", "undici"),
  ...layerRules,
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "console",
          "URL",
          "URLSearchParams",
          "AbortSignal",
          "AbortController",
          "Buffer",
          "fetch",
          "setTimeout",
          "clearTimeout",
          "setInterval",
          "clearInterval",
          "setImmediate",
          "structuredClone",
          "performance",
          "crypto",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["**/*.{js,cjs}"],
    languageOptions: {
      sourceType: "commonjs",
      globals: {
        require: "readonly",
        module: "readonly",
        exports: "writable",
        __dirname: "readonly",
        __filename: "readonly",
      },
    },
  },
  { files: ["emulator/cli.ts", "examples/**/*.ts"], rules: { "no-console": "off" } },
  {
    files: ["test/**/*.ts"],
    rules: {
      "max-lines-per-function": "off",
      "max-lines": "off",
      // A row of a table is a list of arguments, and a model of the service has the branches of the service.
      "@typescript-eslint/max-params": "off",
      complexity: "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
    },
  },
);
