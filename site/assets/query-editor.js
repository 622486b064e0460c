// The editor: YASGUI's, without its own requests and completions, which ask other hosts.

import { gettext } from "./words.js";

const { Yasqe } = window.Yasgui;
const MOST = 60;
// What may stand in a name that is being written, before the cursor and after it.
const BEFORE = /(?:<[^<>\s]*|[\p{L}\p{N}_:.-]*)$/u;
const AFTER = /^[\p{L}\p{N}_:.-]*/u;

export function makeEditor(parent, value, names, { ask }) {
  // Options are merged into the defaults, lists place by place: the completions that ask others must go first.
  Yasqe.defaults.autocompleters = [];
  Yasqe.registerAutocompleter(completerOf(names), false);
  // A list that opens by itself would take the next Enter.
  Yasqe.forkAutocompleter("variables", { name: "variables", autoShow: false }, false);
  const editor = new Yasqe(parent, {
    value,
    autocompleters: ["variables", "record"],
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    // Its grammar knows less than the engine's, and it tells mistakes to none but the mouse.
    syntaxErrorCheck: false,
    editorHeight: "auto",
    viewportMargin: Infinity,
    screenReaderLabel: gettext("SPARQL query"),
    // Tab moves on, as everywhere on a page.
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-S": false, "Ctrl-Enter": ask, "Cmd-Enter": ask },
  });
  // What it would show over the text is said below the editor.
  editor.showNotification = () => {};
  // The list of completions has a name, and can be scrolled without a mouse.
  editor.on("autocompletionShown", (_, { hints }) => Object.assign(hints, { ariaLabel: gettext("Completions"), tabIndex: 0 }));
  editor.on("change", () => clearFault(editor));
  return editor;
}

function completerOf(names) {
  let found = new Map();
  return {
    name: "record",
    bulk: false,
    isValidCompletionPosition: (editor) => !/^[?$"'#]/.test(editor.getTokenAt(editor.getCursor()).string),
    preProcessToken: (editor) => wordAt(editor),
    get: async (editor, token) => {
      const entries = (await names.complete(token.string, isTyped(editor, token))).slice(0, MOST);
      found = new Map(entries.map((entry) => [entry.short, entry]));
      return [...found.keys()];
    },
    postprocessHints: (_, hints) =>
      hints.map((hint) => ({ ...hint, render: (item) => draw(item, found.get(hint.text)) })),
  };
}

function wordAt(editor) {
  const { line, ch } = editor.getCursor();
  const text = editor.getLine(line);
  const before = BEFORE.exec(text.slice(0, ch))[0];
  return { string: before, from: { ch: ch - before.length }, to: { ch: ch + AFTER.exec(text.slice(ch))[0].length } };
}

function isTyped(editor, token) {
  const before = editor.getLine(editor.getCursor().line).slice(0, token.from.ch);
  return /(?:^|\s)(?:a|rdf:type)\s+$/.test(before);
}

function draw(item, { short, label, kind }) {
  const code = document.createElement("code");
  code.textContent = short;
  item.append(label || short, " ", code, kind ? ` ${kind}` : "");
}

export function showFault(editor, { line, column, source }) {
  const at = line - 1;
  // Columns count characters, the editor counts UTF-16 units.
  const ch = [...source].slice(0, column - 1).join("").length;
  const sign = document.createElement("span");
  sign.className = "fault-sign";
  sign.textContent = "!";
  editor.setGutterMarker(at, "gutterErrorBar", sign);
  editor.addLineClass(at, "wrap", "fault-line");
  editor.markText({ line: at, ch }, { line: at, ch: source.length }, { className: "fault-place" });
  editor.setCursor({ line: at, ch });
  editor.getInputField().setAttribute("aria-invalid", "true");
}

export function clearFault(editor) {
  editor.clearGutter("gutterErrorBar");
  editor.eachLine((line) => editor.removeLineClass(line, "wrap", "fault-line"));
  editor.getAllMarks().forEach((mark) => mark.className === "fault-place" && mark.clear());
  editor.getInputField().removeAttribute("aria-invalid");
}
