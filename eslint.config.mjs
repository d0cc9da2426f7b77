import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Imports that a room may not have: `app/` and the rules of `policy/` are pure. */
const noPulumi = {
  patterns: [{ group: ["@pulumi/*"], message: "what is here is pure: no Pulumi" }],
  paths: ["fs", "node:fs", "node:child_process"].map((name) => ({ name, message: "what is here does no I/O" })),
};

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", "coverage/", "examples/**/src/", "examples/**/*.js"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json" } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/array-type": ["error", { default: "array" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "max-lines": ["warn", { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
    },
  },
  {
    files: ["app/**/*.ts", "policy/**/*.ts"],
    ignores: ["app/compose/files.ts", "policy/index.ts", "policy/pack.ts", "policy/engine.ts"],
    rules: { "no-restricted-imports": ["error", noPulumi] },
  },
  {
    // the page's own, which a browser runs
    files: ["plan/report/script.js"],
    languageOptions: {
      sourceType: "script",
      globals: { document: "readonly", location: "readonly", addEventListener: "readonly" },
    },
  },
  {
    // started many times in a test, and so no TypeScript
    files: ["test/support/fake-pulumi/pulumi.js"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { process: "readonly", setTimeout: "readonly", setInterval: "readonly", clearInterval: "readonly" },
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // mocha's describe and it return nothing that is awaited
      "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: [] }],
      "max-lines": "off",
    },
  },
);
