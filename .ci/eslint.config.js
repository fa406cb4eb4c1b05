// The rules for the scripts of the page. Names are checked by tsc, which knows the files that are served as one module.
import js from "@eslint/js";

export default [
  {
    ...js.configs.recommended,
    files: ["dashboard/**/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    rules: {
      ...js.configs.recommended.rules,
      "no-undef": "off",
      // What one file of the viewer defines, another uses.
      "no-unused-vars": ["error", { vars: "local", argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-implied-eval": "error",
      "no-eval": "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
          property,
          message: "Text is set as text: nothing that comes from data is read as markup.",
        })),
      ],
    },
  },
  // Scripts without an import or export of their own: they are served as one module, or stand in a page.
  { files: ["dashboard/viewer/*.js", "dashboard/export/*.js"], languageOptions: { sourceType: "script" } },
  { files: ["dashboard/viewer/component.js"], languageOptions: { sourceType: "module" } },
];
