// The query page: what a reader does there, with the editor, whoever answers, and the answer.

import { element, renderAnswer, renderFault } from "./query-answer.js";
import { clearFault, makeEditor, showFault } from "./query-editor.js";
import { Engines, Fault } from "./query-engines.js";
import { Names } from "./query-names.js";
import { gettext } from "./words.js";

const find = (id) => document.getElementById(id);
const settings = JSON.parse(find("query-settings").textContent);
const names = new Names(settings);
const engines = new Engines(settings);
const form = document.querySelector("form.query");
const [status, clock, answer, body] = ["query-status", "query-clock", "answer", "answer-body"].map(find);
const [run, cancel, share] = [form.querySelector("[type=submit]"), find("query-cancel"), find("query-share")];
let running;

const field = find("query");
const place = element("div", { className: "query-editor" });
field.after(place);
field.hidden = true;
const editor = makeEditor(place, field.value, names, { ask: () => ask() });
form.querySelector("label").addEventListener("click", () => editor.focus());
share.hidden = find("query-keys").hidden = false;

// Do something with a signal that Cancel aborts, and tell how it goes. What ran before is ended.
async function perform(work) {
  running?.abort();
  const mine = (running = new AbortController());
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const tick = setInterval(() => (clock.textContent = gettext("%(seconds)s s", { seconds: seconds().toFixed(0) })), 1000);
  status.textContent = gettext("Asking.");
  cancel.hidden = false;
  try {
    const told = await work({ signal: mine.signal, onState: (text) => (status.textContent = text) }, seconds);
    if (running === mine) status.textContent = told;
  } catch (error) {
    if (running === mine) fail(error, mine.signal);
  } finally {
    clearInterval(tick);
    if (running === mine) finish();
  }
}

function finish() {
  running = undefined;
  clock.textContent = "";
  if (document.activeElement === cancel) run.focus();
  cancel.hidden = true;
}

function fail(error, signal) {
  if (signal.aborted) {
    status.textContent = gettext("Cancelled.");
    return;
  }
  if (!(error instanceof Fault)) console.error(error);
  const members = error instanceof Fault ? error.members : { detail: gettext("This page failed: %(reason)s", { reason: error.message }) };
  // The fault itself is announced; who sees it finds it below, with its place.
  status.replaceChildren(gettext("There is no answer."), " ", element("span", { className: "unseen" }, members.detail));
  show(renderFault(members));
  if (members.line) showFault(editor, members);
}

function show(...parts) {
  body.replaceChildren(...parts);
  answer.hidden = parts.length === 0;
}

function ask() {
  const query = editor.getValue();
  clearFault(editor);
  show();
  // The address holds the query, and opens with it on a server as on a plain host.
  history.replaceState(null, "", hashOf(query));
  return perform(async (how, seconds) => {
    const found = await engines.ask(query, how);
    const time = seconds().toFixed(3);
    const { parts, count, formats } = await renderAnswer(found, names);
    show(offer(query, formats), ...parts);
    // The engine's own DESCRIBE holds less than the server's (descriptions.py).
    const less = found.isDescription ? ` ${gettext("It holds what is said of each thing; a server adds what names it.")}` : "";
    return gettext("%(count)s in %(time)s s, answered %(by)s.", { count, time, by: found.by }) + less;
  });
}

// Buttons that ask again in another format and save the answer.
function offer(query, formats) {
  const buttons = formats.map((format) => {
    const button = element("button", { type: "button" }, format.toUpperCase());
    button.addEventListener("click", () => perform(async (how) => {
      const { text } = await engines.ask(query, { ...how, format });
      save(text, `answer.${format}`);
      return gettext("Saved as %(file)s.", { file: `answer.${format}` });
    }));
    return button;
  });
  return element("p", { className: "query-downloads" }, `${gettext("Download as")} `, ...buttons);
}

function save(text, name) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text])), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function hashOf(query) {
  return `#${new URLSearchParams({ query })}`;
}

function put(query) {
  editor.setValue(query);
  ask();
}

// The query that an address holds: after #, or after ? as forms without JavaScript write it.
function queryOf(address) {
  const { hash, search } = new URL(address, document.baseURI);
  return new URLSearchParams(hash.slice(1)).get("query") ?? new URLSearchParams(search).get("query");
}

function openAddress() {
  const query = queryOf(location.href);
  if (query !== null) put(query);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
cancel.addEventListener("click", () => running?.abort());
share.addEventListener("click", async () => {
  const link = new URL(settings.page + hashOf(editor.getValue()), document.baseURI).href;
  try {
    await navigator.clipboard.writeText(link);
    status.textContent = gettext("The link is copied.");
  } catch {
    history.replaceState(null, "", link);
    status.textContent = gettext("Copy the address of this page: it is the link.");
  }
});
find("query-examples")?.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  put(queryOf(link.href));
  form.scrollIntoView({ block: "start" });
  editor.focus();
});
window.addEventListener("hashchange", () => location.hash.startsWith("#query=") && openAddress());
openAddress();
