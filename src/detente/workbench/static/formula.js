// A field for a formula: completes the names of this scenario, shows the mistake at its character, says it in words.

import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { post } from "./api.js";
import { Area, Labelled, useDraft, useId } from "./fields.js";
import { say } from "./words.js";

const CHECK = 250;

export function FormulaField({ label, help, value, send, file, path, hidden, problem }) {
  const id = useId("formula");
  const [words, setWords] = useState(null); // What could stand here: {from, to, words, at}.
  const [verdict, setVerdict] = useState(null); // What the server says of the formula as typed.
  const asked = useRef(0);
  const field = useRef();
  const { shown, dirty, type, flush } = useDraft(String(value ?? ""), (text) => send(text === "" ? undefined : text));

  useEffect(() => {
    if (!dirty) return undefined;
    const timer = setTimeout(async () => {
      const text = shown;
      try {
        const told = await post("check", { file: file.file, formula: text, where: path });
        if (field.current?.value === text) setVerdict({ ...told, text });
      } catch {
        setVerdict(null);
      }
    }, CHECK);
    return () => clearTimeout(timer);
  }, [shown, dirty]);

  const complete = async (text, at) => {
    const mine = ++asked.current;
    try {
      const told = await post("complete", { file: file.file, text, at });
      if (mine === asked.current && document.activeElement === field.current) setWords(told.words?.length && !(told.words[0].word === text.slice(told.from, told.to)) ? { ...told, at: 0 } : null);
    } catch {
      setWords(null);
    }
  };
  const take = (word) => {
    const text = shown.slice(0, words.from) + word + shown.slice(words.to);
    const place = words.from + word.length;
    setWords(null);
    asked.current++;
    type(text);
    requestAnimationFrame(() => field.current?.setSelectionRange(place, place));
  };
  const key = (event) => {
    if (words) {
      const count = words.words.length;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && !event.altKey) {
        event.preventDefault();
        setWords({ ...words, at: (words.at + step + count) % count });
      } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
        event.preventDefault();
        take(words.words[words.at].word);
      } else if (event.key === "Escape") {
        event.stopPropagation();
        setWords(null);
      }
      return;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      flush();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      complete(shown, field.current.selectionStart);
    }
  };

  const fault = verdict?.text === shown ? verdict.problems?.[0] : null;
  const wrong = fault ?? (dirty ? null : problem);
  const active = words && `${id}-word-${words.at}`;
  return html`<${Labelled} id=${id} label=${label} help=${help} hidden=${hidden} problem=${fault ? null : wrong}>
    <div class="formula">
      <${Area} id=${id} least=${1} class="code" value=${shown} spellcheck=${false} autocomplete="off" autocapitalize="off" data-dirty=${dirty || undefined}
        ref=${field} aria-autocomplete="list" aria-controls=${`${id}-words`} aria-activedescendant=${active || undefined}
        aria-invalid=${wrong ? "true" : undefined} aria-describedby=${[help && `${id}-help`, fault && `${id}-fault`, !fault && wrong && `${id}-problem`].filter(Boolean).join(" ") || undefined}
        onInput=${(event) => { const { value: text, selectionStart } = event.currentTarget; type(text.replace(/\n/g, " ")); complete(text, selectionStart); }}
        onKeyDown=${key} onBlur=${() => { setWords(null); asked.current++; flush(); }} />
      <ul id=${`${id}-words`} class="words-list" role="listbox" aria-label=${say("formula.words")} hidden=${!words}>
        ${words?.words.map((each, index) => html`<li id=${`${id}-word-${index}`} role="option" aria-selected=${index === words.at ? "true" : "false"}
          onMouseDown=${(event) => { event.preventDefault(); take(each.word); }}><code>${each.word}</code> <span>${each.name}</span></li>`)}
      </ul>
    </div>
    ${fault && html`<p class="problem" id=${`${id}-fault`} role="status"><code>${shown.slice(0, fault.from)}<mark>${shown.slice(fault.from, Math.max(fault.to, fault.from + 1)) || "␣"}</mark>${shown.slice(Math.max(fault.to, fault.from + 1))}</code><br />${fault.message}${fault.hint && html` <span class="hint">${fault.hint}</span>`}</p>`}
    ${!fault && verdict?.text === shown && verdict.says && html`<p class="help">${verdict.says}</p>`}
  <//>`;
}
