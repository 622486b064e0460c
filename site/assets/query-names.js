// The names of what the record holds: how a query writes an IRI, and what a reader calls it.

export class Names {
  constructor(settings) {
    this.settings = settings;
    // A namespace that begins another one is looked at after it.
    this.spaces = Object.entries(settings.prefixes).sort((a, b) => b[1].length - a[1].length);
  }

  // The rows of completions.json, fetched once and when first needed.
  load() {
    this.loading ??= fetch(this.settings.completions)
      .then((response) => response.json())
      .then((rows) => rows.map(([short, label, kind]) => ({ short, label, kind, iri: this.expand(short) })));
    return this.loading;
  }

  async labels() {
    const entries = await this.load();
    this.byIri ??= new Map(entries.filter((entry) => entry.label).map((entry) => [entry.iri, entry.label]));
    return this.byIri;
  }

  expand(short) {
    if (short.startsWith("<")) return new URL(short.slice(1, -1), this.settings.base).href;
    const colon = short.indexOf(":");
    return this.settings.prefixes[short.slice(0, colon)] + short.slice(colon + 1);
  }

  // As project.py compacts an IRI.
  compact(iri) {
    for (const [name, space] of this.spaces) {
      const local = iri.startsWith(space) ? iri.slice(space.length) : "";
      if (local && !/[/#?=]/.test(local)) return `${name}:${local}`;
    }
    return `<${iri.startsWith(this.settings.base) ? iri.slice(this.settings.base.length) : iri}>`;
  }

  // Where a reader finds what an IRI stands for: its page on this site, or the IRI itself; nothing for other schemes.
  link(iri) {
    if (!iri.startsWith(this.settings.base)) return /^https?:/.test(iri) ? iri : "";
    const [path, ...fragment] = iri.slice(this.settings.base.length).split("#");
    const page = `${path.split("/").map(encodeURIComponent).join("/") || "index"}.html`;
    const root = new URL(".", new URL(this.settings.page, document.baseURI));
    return new URL(page + (fragment.length ? `#${fragment.join("#")}` : ""), root).href;
  }

  // What matches a word that was begun, best first: by name or by IRI.
  async complete(word, wantsClass) {
    const wanted = word.toLowerCase();
    const ranked = (await this.load())
      .filter((entry) => !wantsClass || entry.kind === "class")
      .map((entry) => [rank(entry, wanted), entry])
      .filter(([place]) => place < NONE);
    return ranked.sort((a, b) => a[0] - b[0] || a[1].label.length - b[1].label.length).map(([, entry]) => entry);
  }
}

const NONE = 9;

// Whole things come before their parts, which only have IRIs with a fragment.
function rank({ short, label, kind }, wanted) {
  if (!wanted) return ["class", "property"].includes(kind) ? 0 : NONE;
  const [iri, name] = [short.toLowerCase(), label.toLowerCase()];
  const part = short.startsWith("<") ? 3 : 0;
  if (iri.startsWith(wanted) || name.startsWith(wanted)) return part;
  if (`${iri} ${name}`.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return part + 1;
  return iri.includes(wanted) || name.includes(wanted) ? part + 2 : NONE;
}
