// Search as you type, over an index that was made when the site was built.

import MiniSearch from "./minisearch.js";
import { gettext, ngettext } from "./words.js";

// How many hits are shown as one types, in a group, and on the page of results.
const SHOWN = 5, LISTED = 50;

let loaded;

// The index is loaded when search is first used.
function load(address) {
  loaded ??= fetch(address).then((answer) => answer.json()).then((stored) => {
    const fold = folder(stored.folds);
    const options = {
      fields: stored.fields,
      storeFields: stored.stored,
      tokenize: (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean),
      processTerm: (term) => term,
      searchOptions: { prefix: true, fuzzy: (term) => (term.length > 3 ? 0.25 : false), boost: stored.boosts, combineWith: "AND" },
    };
    return { kinds: stored.kinds, index: MiniSearch.loadJS(stored.index, options) };
  });
  return loaded;
}

// A text as the index has it: without case, accents, and letters that few keyboards have.
function folder(folds) {
  return (text) => [...text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")].map((letter) => folds[letter] ?? letter).join("");
}

async function find(form, words, most) {
  const { kinds, index } = await load(form.dataset.index);
  let hits = index.search(words);
  // Where no text has all the words, one that has some may do.
  if (!hits.length) hits = index.search(words, { combineWith: "OR" });
  const root = new URL(form.dataset.root, location.href);
  const groups = new Map(kinds.map((kind) => [kind, []]));
  for (const hit of hits) {
    const group = groups.get(kinds[hit.kind]);
    if (group.length < most) group.push({ label: hit.label, context: hit.context, address: new URL(hit.path, root).href });
  }
  // The group of the best hit stands first.
  const best = hits.length ? kinds[hits[0].kind] : "";
  return [...groups].filter(([, found]) => found.length).sort(([one], [other]) => (other === best) - (one === best));
}

function describe(hit, element) {
  element.textContent = hit.label;
  if (hit.context) {
    const context = document.createElement("span");
    context.className = "context";
    context.textContent = hit.context;
    element.append(context);
  }
  return element;
}

// A combobox with a listbox (ARIA Authoring Practices, list autocomplete with manual selection).
export function attach(form, results) {
  const input = form.querySelector("input");
  const list = document.createElement("div");
  list.className = "found";
  list.id = "found";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", gettext("What was found"));
  // Tells how much is found to those who do not see it, and to all that nothing is.
  const told = document.createElement("div");
  told.className = "unseen";
  told.setAttribute("role", "status");
  form.append(list, told);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", "found"], ["aria-autocomplete", "list"]]) {
    input.setAttribute(name, value);
  }
  let at = -1, asked = 0;
  const options = () => [...list.querySelectorAll("[role=option]")];

  function tell(text, isSeen) {
    told.className = isSeen ? "found" : "unseen";
    const line = document.createElement("p");
    line.className = "none";
    line.textContent = text;
    told.replaceChildren(...(text ? [line] : []));
  }

  function close() {
    list.hidden = true;
    tell("", false);
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(next) {
    const all = options();
    if (!all.length) return;
    at = (next + all.length) % all.length;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    all[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[at].id);
  }

  function show(groups) {
    list.replaceChildren();
    at = -1;
    input.removeAttribute("aria-activedescendant");
    for (const [kind, hits] of groups) {
      const group = document.createElement("div"), heading = document.createElement("div");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", kind);
      heading.className = "group";
      heading.setAttribute("role", "presentation");
      heading.textContent = kind;
      group.append(heading, ...hits.map((hit) => {
        const option = describe(hit, document.createElement("div"));
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.address = hit.address;
        return option;
      }));
      list.append(group);
    }
    const all = options();
    all.forEach((option, place) => { option.id = `found-${place}`; });
    list.hidden = all.length === 0;
    input.setAttribute("aria-expanded", String(all.length > 0));
    if (all.length) tell(ngettext("%(count)s result", "%(count)s results", all.length), false);
    else tell(gettext("Nothing is found. Try fewer or other words."), true);
  }

  async function type() {
    const words = input.value.trim(), mine = ++asked;
    if (words.length < 2) return close();
    const groups = await find(form, words, SHOWN);
    if (mine === asked) show(groups);
  }

  input.addEventListener("focus", () => load(form.dataset.index), { once: true });
  input.addEventListener("input", type);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) type(); else choose(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
    } else if (event.key === "Escape" && (!list.hidden || told.hasChildNodes())) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      location.assign(options()[at].dataset.address);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option?.dataset.address) location.assign(option.dataset.address);
  });
  input.addEventListener("blur", close);
  if (results) list_results(form, input, results);
}

// The page of results: what the address asks for.
async function list_results(form, input, results) {
  const words = new URLSearchParams(location.search).get("q")?.trim();
  if (!words) return;
  input.value = words;
  const groups = await find(form, words, LISTED);
  const count = groups.reduce((sum, [, hits]) => sum + hits.length, 0);
  const told = document.createElement("p");
  told.textContent = count
    ? gettext("“%(words)s”: %(count)s found.", { words, count })
    : gettext("“%(words)s”: nothing is found. Try fewer or other words.", { words });
  results.replaceChildren(told);
  for (const [kind, hits] of groups) {
    const heading = document.createElement("h2"), list = document.createElement("ul");
    heading.textContent = `${kind} (${hits.length})`;
    list.append(...hits.map((hit) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = hit.address;
      link.textContent = hit.label;
      item.append(link);
      if (hit.context) {
        const context = document.createElement("span");
        context.className = "context";
        context.textContent = hit.context;
        item.append(context);
      }
      return item;
    }));
    results.append(heading, list);
  }
}
