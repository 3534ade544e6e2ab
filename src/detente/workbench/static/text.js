// The same file as text: YAML with the server's problems at their places and its completion; edits go on the same stack.

import { html, useEffect, useRef } from "./vendor/preact.js";
import { post } from "./api.js";
import { pending } from "./store.js";
import { say } from "./words.js";
import {
  EditorState, EditorView, HighlightStyle, autocompletion, bracketMatching, completionKeymap, defaultKeymap, drawSelection,
  foldGutter, foldKeymap, highlightActiveLine, highlightSelectionMatches, indentOnInput, keymap, lineNumbers, lintGutter,
  lintKeymap, searchKeymap, setDiagnostics, syntaxHighlighting, tags, yaml,
} from "./vendor/codemirror.js";

const IDLE = 350;

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: ".875rem", border: "1px solid var(--line)", borderRadius: "4px", maxHeight: "max(24rem, calc(100vh - 11rem))" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: 'ui-monospace,"SF Mono",Menlo,Consolas,monospace', lineHeight: "1.55", minHeight: "20rem", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 8%, transparent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 26%, transparent) !important" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--soft)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--ink)" },
  ".cm-diagnostic": { fontFamily: "system-ui, sans-serif" },
});
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ink)" },
  { tag: tags.keyword, fontWeight: "600" },
]);

/** The smallest change that makes one text of the other, so that the cursor keeps its place. */
export function difference(old, next) {
  let from = 0;
  while (from < old.length && from < next.length && old[from] === next[from]) from++;
  let [to, end] = [old.length, next.length];
  while (to > from && end > from && old[to - 1] === next[end - 1]) [to, end] = [to - 1, end - 1];
  return { from, to, insert: next.slice(from, end) };
}

export function TextView({ file, line }) {
  const { document } = file.state;
  const text = document.invalid_text ?? document.text;
  const place = useRef();
  const view = useRef();
  const sent = useRef(text); // What the server has, as far as this view knows.
  const latest = useRef(file);
  latest.current = file;

  useEffect(() => {
    let timer = null;
    const flush = () => {
      clearTimeout(timer);
      pending.delete(flush);
      const typed = view.current?.state.doc.toString();
      if (typed === undefined || typed === sent.current) return;
      sent.current = typed;
      latest.current.write(typed);
    };
    const typed = EditorView.updateListener.of((update) => {
      if (!update.docChanged || update.transactions.some((each) => each.isUserEvent("server"))) return;
      pending.add(flush);
      clearTimeout(timer);
      timer = setTimeout(flush, IDLE);
    });
    view.current = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(), foldGutter(), lintGutter(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine(),
          highlightSelectionMatches(), EditorView.lineWrapping, yaml(), syntaxHighlighting(colours), look, typed, EditorState.tabSize.of(2),
          EditorView.contentAttributes.of({ "aria-label": say("text.label"), "data-text-view": "yes", tabindex: "0" }),
          autocompletion({ override: [complete(file)] }),
          keymap.of([...completionKeymap, ...lintKeymap, ...searchKeymap, ...foldKeymap, ...defaultKeymap]),
        ],
      }),
    });
    if (line) goTo(view.current, Number(line));
    return () => {
      flush();
      view.current.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const shown = view.current.state.doc.toString();
    // What is still being typed is newer than what the server tells.
    if (shown !== text && shown === sent.current) {
      sent.current = text;
      view.current.dispatch({ changes: difference(shown, text), userEvent: "server" });
    }
  }, [text]);

  useEffect(() => {
    const { doc } = view.current.state;
    const found = document.problems.filter((each) => each.line && each.line <= doc.lines).map((each) => {
      const here = doc.line(each.line);
      const from = Math.min(here.from + Math.max((each.column ?? 1) - 1, 0), here.to);
      const word = /^[\w.=-]+/.exec(doc.sliceString(from, here.to));
      return { from, to: Math.min(from + (word ? word[0].length : 1), here.to), severity: each.severity === "error" ? "error" : "warning", message: [each.message, each.hint].filter(Boolean).join(" ") };
    });
    view.current.dispatch(setDiagnostics(view.current.state, found));
  }, [document.problems, text]);

  return html`<div class="text-view">
    ${document.invalid_text && html`<p class="notice" role="status">${say("text.draft")}</p>`}
    <p class="note">${say("text.keys")}</p>
    <div ref=${place}></div>
  </div>`;
}

export function goTo(view, line) {
  const here = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  view.dispatch({ selection: { anchor: here.from }, effects: EditorView.scrollIntoView(here.from, { y: "center" }) });
  view.focus();
}

/** Names of this scenario for the word at the cursor, as the server knows them. */
const complete = (file) => async (context) => {
  const word = context.matchBefore(/[\w.]+/);
  if (!word && !context.explicit) return null;
  try {
    const told = await post("complete", { file: file.file, text: context.state.doc.toString(), at: context.pos, whole: true });
    if (!told.words?.length) return null;
    return { from: told.from ?? word?.from ?? context.pos, to: told.to ?? context.pos, options: told.words.map((each) => ({ label: each.word, detail: each.name, type: each.kind === "key" ? "property" : "variable" })), validFor: /^[\w.]*$/ };
  } catch {
    return null;
  }
};
