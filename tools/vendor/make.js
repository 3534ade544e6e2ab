// Renews the browser modules that the package carries: bundles them, copies their licences, writes the manifest.
// In a copy of this folder: `npm ci`, then `node make.js PROJECT/src/detente/workbench/static/vendor`.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const target = process.argv[2];
if (!target) throw new Error("say where to: node make.js PROJECT/src/detente/workbench/static/vendor");

// Each module: what it is for, and the entry that is bundled.
const MODULES = {
  "preact.js": {
    for: "the page as a function of its state",
    entry: `
      import { h } from "preact";
      import htm from "htm";
      export { h, render, createRef, Component, Fragment } from "preact";
      export { useState, useEffect, useLayoutEffect, useMemo, useRef, useCallback } from "preact/hooks";
      export const html = htm.bind(h);`,
  },
  "sortable.js": {
    for: "lists ordered by drag",
    entry: `export { Sortable } from "sortablejs";`,
  },
  "codemirror.js": {
    for: "the text of a scenario file, with completion and problems",
    entry: `
      export { EditorState, Compartment, StateEffect, StateField } from "@codemirror/state";
      export { EditorView, keymap, lineNumbers, highlightActiveLine, drawSelection, placeholder } from "@codemirror/view";
      export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
      export { HighlightStyle, syntaxHighlighting, bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
      export { searchKeymap, highlightSelectionMatches } from "@codemirror/search";
      export { autocompletion, completionKeymap, startCompletion } from "@codemirror/autocomplete";
      export { lintGutter, setDiagnostics, lintKeymap, forceLinting, linter } from "@codemirror/lint";
      export { yaml } from "@codemirror/lang-yaml";
      export { tags } from "@lezer/highlight";`,
  },
};

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The package a bundled file belongs to: the folder below the last `node_modules`. */
function packageOf(path) {
  const rest = path.split("node_modules/").at(-1).split("/");
  return rest[0].startsWith("@") ? rest.slice(0, 2).join("/") : rest[0];
}

rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, "licences"), { recursive: true });
const licences = new Map();
let manifest = `# What the workbench's page is built from besides its own modules. Made by tools/vendor/make.js; a test checks every hash.\n`;

for (const [file, { for: use, entry }] of Object.entries(MODULES)) {
  const made = await build({
    stdin: { contents: entry, resolveDir: process.cwd() },
    bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", write: false, metafile: true,
  });
  const text = made.outputFiles[0].contents;
  writeFileSync(join(target, file), text);
  const names = [...new Set(Object.keys(made.metafile.inputs).filter((path) => path.includes("node_modules/")).map(packageOf))].sort();
  manifest += `\n[[file]]\nname = "${file}"\nfor = "${use}"\nsha256 = "${hash(text)}"\nbytes = ${text.length}\n`;
  for (const name of names) {
    const folder = join("node_modules", name);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const found = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (!found) throw new Error(`${name} has no licence text`);
    const kept = `licences/${name.replace("@", "").replace("/", "-")}.txt`;
    licences.set(kept, readFileSync(join(folder, found)));
    manifest += `\n[[file.package]]\nname = "${name}"\nversion = "${about.version}"\nlicence = "${about.license}"\ntext = "${kept}"\n`;
  }
}
for (const [kept, text] of [...licences].sort()) {
  writeFileSync(join(target, kept), text);
  manifest += `\n[[licence]]\nname = "${kept}"\nsha256 = "${hash(text)}"\n`;
}
writeFileSync(join(target, "manifest.toml"), manifest);
