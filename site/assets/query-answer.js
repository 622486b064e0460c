// The answer as a reader sees it: a table whose things have names and lead to their pages, a word, or triples.

import { gettext, ngettext } from "./words.js";

const ROW_FORMATS = ["csv", "tsv", "json", "xml"];
const TRIPLE_FORMATS = ["ttl", "nt", "rdf", "jsonld"];
// How many rows and how many characters are shown at first.
const ROWS = 500;
const CHARACTERS = 100_000;

// Elements of the answer, its size in words, and the formats in which it can be had.
export async function renderAnswer({ text, isGraph }, names) {
  if (isGraph) return { parts: [renderText(text, gettext("Triples"))], count: gettext("Triples"), formats: TRIPLE_FORMATS };
  const { head, results, boolean } = JSON.parse(text);
  const sent = renderText(text, gettext("The answer as it was sent"));
  const raw = element("details", {}, element("summary", {}, gettext("As it was sent")), sent);
  if (!results) {
    const verdict = element("p", { className: "verdict" }, boolean ? gettext("Yes") : gettext("No"));
    return { parts: [verdict, raw], count: gettext("Yes or no"), formats: ROW_FORMATS };
  }
  const rows = results.bindings;
  const labels = await labelsFor(rows, names);
  const table = renderTable(head.vars, rows, (term) => renderTerm(term, names, labels));
  return { parts: [...table, raw], count: ngettext("%(count)s row", "%(count)s rows", rows.length), formats: ROW_FORMATS };
}

// The names of things, where there is a thing to name; where they cannot be had, IRIs stand for themselves.
function labelsFor(rows, names) {
  const isNamed = rows.some((row) => Object.values(row).some((term) => term.type === "uri"));
  return isNamed ? names.labels().catch(() => new Map()) : new Map();
}

// On a narrow screen a cell says the head of its column.
function headed(name, cell) {
  cell.dataset.head = name;
  return cell;
}

function renderTable(columns, rows, cell) {
  const body = element("tbody");
  const header = element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)));
  const table = element("table", { className: "cards" }, element("thead", {}, header), body);
  const more = element("button", { type: "button" });
  let shown = 0;
  const show = () => {
    const next = rows.slice(shown, shown + ROWS);
    const cells = (row) => columns.map((name) => headed(name, element("td", {}, ...cell(row[name]))));
    body.append(...next.map((row) => element("tr", {}, ...cells(row))));
    shown += next.length;
    more.textContent = gettext("Show more (%(shown)s of %(count)s are shown)", { shown, count: rows.length });
    more.hidden = shown >= rows.length;
  };
  more.addEventListener("click", show);
  show();
  const region = { className: "scroll", tabIndex: 0, role: "region", ariaLabel: gettext("Rows of the answer") };
  const scroll = element("div", region, table);
  return [scroll, more];
}

function renderTerm(term, names, labels) {
  if (!term) return [];
  if (term.type === "uri") return renderIri(term.value, names, labels);
  if (term.type === "bnode") return [element("code", {}, `_:${term.value}`)];
  if (term.type === "triple") return [element("code", {}, JSON.stringify(term.value))];
  const language = term["xml:lang"];
  if (!language) return [term.value];
  return [element("span", { lang: language }, term.value), " ", element("small", {}, language)];
}

function renderIri(iri, names, labels) {
  const label = labels.get(iri);
  const short = names.compact(iri);
  const link = names.link(iri);
  const text = link ? element("a", { href: link }, label ?? short) : element("span", {}, label ?? short);
  return label ? [text, " ", element("code", {}, short)] : [text];
}

function renderText(text, label) {
  const more = text.length - CHARACTERS;
  const shown = more > 0 ? `${text.slice(0, CHARACTERS)}\n${gettext("… and %(count)s more characters, which a download has", { count: more })}` : text;
  return element("pre", { tabIndex: 0, role: "region", ariaLabel: label }, element("code", {}, shown));
}

export function renderFault({ detail, column, source }) {
  const place = source ? [element("pre", {}, element("code", {}, `${source}\n${" ".repeat(column - 1)}^`))] : [];
  return element("div", { className: "problem", id: "query-fault" }, element("p", {}, detail), ...place);
}

export function element(name, members = {}, ...children) {
  const made = Object.assign(document.createElement(name), members);
  made.append(...children);
  return made;
}
