// The engine in the browser, for a site without a server: a worker that loads the record's own dump and answers from
// it as `onrecord serve` does (store.py): each graph by its name, and in the default graph their union, without the
// viewpoints. Ending the worker is the only way to end a query; the next one starts another.

import start, { Store } from "./oxigraph.js";

const SYNTAX = /^error at (\d+):(\d+): /;
const FORMS = ["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"];
// SPARQL 1.1 Query, section 19.8, as far as it is needed to tell words and names from what may hold any of them.
const TOKEN = new RegExp(
  [
    String.raw`"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`,
    String.raw`<[^<>"{}|^\x60\\\s]*>|#.*|[?$]\w+|@[\w-]+`,
    String.raw`(?<name>[\p{L}\p{N}_.-]*:[^\s<>(){}[\],;|/^*+?!"']*)`,
    String.raw`(?<word>[A-Za-z]+)`,
  ].join("|"),
  "gu",
);

let settings, loading;

self.onmessage = async ({ data }) => {
  if (data.settings) {
    settings = data.settings;
    return;
  }
  try {
    loading ??= load();
    const store = await loading;
    self.postMessage({ loaded: true });
    self.postMessage({ answer: answer(store, data.query, data.format) });
  } catch (error) {
    const lost = !(error instanceof Error) || error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    self.postMessage({ fault: explain(data.query, error), lost });
  }
};

async function load() {
  await start({ module_or_path: await fetchPacked(new URL("./web_bg.wasm.gz", import.meta.url)) });
  const store = new Store();
  store.load(await fetchPacked(settings.dump), { format: "application/n-quads", no_transaction: true });
  const shown = `FILTER (!STRSTARTS(STR(?g), ${JSON.stringify(settings.apart)}))`;
  store.update(`INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } ${shown} }`);
  return store;
}

// Compressed files save most of the way, as a plain host compresses nothing; some hosts have the browser unpack them.
async function fetchPacked(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} is not there (${response.status})`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

// The engine takes no prefixes, so they stand in a line of their own before the query; what it declares itself wins.
function answer(store, query, format) {
  const prologue = Object.entries(settings.prefixes).map(([name, space]) => `PREFIX ${name}: <${space}> `);
  const isGraph = ["CONSTRUCT", "DESCRIBE"].includes(formOf(query));
  const chosen = format ?? (isGraph ? "ttl" : "json");
  const text = store.query(`${prologue.join("")}\n${query}`, { base_iri: settings.base, results_format: chosen });
  return { text, isGraph, isDescription: formOf(query) === "DESCRIBE" };
}

function formOf(query) {
  return firstWord(query)?.[0].toUpperCase();
}

// The word that says what is asked, after the prologue.
function firstWord(query) {
  const words = [...query.matchAll(TOKEN)].filter((token) => token.groups.word);
  return words.find((word) => !["PREFIX", "BASE", "VERSION"].includes(word[0].toUpperCase()));
}

// What is wrong with a query and where, in the members of the server's problem documents (syntax.py).
function explain(query, error) {
  const place = SYNTAX.exec(error?.message ?? "");
  if (!place) return { detail: `The engine cannot answer this query: ${error?.message ?? error}. Ask in another way.` };
  const cause = findCause(query);
  const [line, column] = cause?.offset >= 0 ? placeOf(query, cause.offset) : [Number(place[1]) - 1, Number(place[2])];
  const detail = cause?.detail ?? "This is not a SPARQL query: it goes wrong";
  const hint = cause?.hint ?? "Look just before that place, too.";
  const source = query.split(/\r\n?|\n/)[line - 1] ?? "";
  return { detail: `${detail} at line ${line}, column ${column}. ${hint}`, hint, line, column, source };
}

function findCause(query) {
  if (!query.trim()) return { hint: "Write a query: SELECT * { ?s ?p ?o } LIMIT 10" };
  const declared = [...query.matchAll(/prefix\s+([\p{L}\p{N}_.-]*):/giu)].map((found) => found[1]);
  const known = new Set([...Object.keys(settings.prefixes), ...declared, "_"]);
  for (const token of query.matchAll(TOKEN)) {
    const prefix = token.groups.name?.split(":")[0];
    if (prefix !== undefined && !known.has(prefix)) {
      const hint = `Declare it with PREFIX ${prefix}: <…>, or use one that is known.`;
      return { detail: `Nothing declares the prefix ${prefix}:`, hint, offset: token.index };
    }
  }
  const first = firstWord(query);
  if (first && !FORMS.includes(first[0].toUpperCase())) {
    return { hint: `After its prefixes, a query begins with ${FORMS.join(", ")}.`, offset: first.index };
  }
}

function placeOf(query, offset) {
  const lines = query.slice(0, offset).split(/\r\n?|\n/);
  return [lines.length, [...lines.at(-1)].length + 1];
}
