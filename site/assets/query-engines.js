// Who answers a query: the server, or where there is none an engine in this browser. Both are asked in the same way.

import { gettext } from "./words.js";

const SHOWN = "application/sparql-results+json, text/turtle;q=0.9";
// Where the endpoint would be there is nothing, or nothing that takes a query.
const NO_ENDPOINT = [404, 405, 501];

// A query that has no answer: what is wrong, and where known the line, column, that line and a hint.
export class Fault extends Error {
  constructor(members) {
    super(members.detail);
    this.members = members;
  }
}

export class Engines {
  constructor(settings) {
    this.settings = settings;
    this.inBrowser = new BrowserEngine(settings);
  }

  // The answer: its text, whether it is triples, and who gave it. A format names what it is written in; without one it
  // is what the page shows. Aborting the signal ends the query wherever it runs.
  async ask(query, { format, signal, onState }) {
    this.served ??= findServer(this.settings);
    if (await this.served) {
      const answer = await askServer(this.settings, query, format, signal);
      if (answer) return answer;
      this.served = Promise.resolve(false);
    }
    signal.throwIfAborted();
    return this.inBrowser.ask(query, { format, signal, onState });
  }
}

// Whether `onrecord serve` sent this page: only that states the page's own policy as a header. The page is asked for
// and not the endpoint, since a request that fails is an error in the browser's console.
async function findServer(settings) {
  const policy = document.querySelector("meta[http-equiv=Content-Security-Policy]").content;
  try {
    const response = await fetch(settings.page, { method: "HEAD" });
    // A body that nobody reads, though it is empty, counts as a request that failed.
    await response.text();
    return response.headers.get("Content-Security-Policy")?.startsWith(policy) ?? false;
  } catch {
    return false;
  }
}

async function askServer(settings, query, format, signal) {
  const response = await send(settings, query, format, signal);
  if (response.ok) {
    const isGraph = !/sparql-results/.test(response.headers.get("Content-Type"));
    return { text: await response.text(), isGraph, by: gettext("by the server") };
  }
  if (NO_ENDPOINT.includes(response.status)) return null;
  const isTold = response.headers.get("Content-Type")?.startsWith("application/problem+json");
  throw new Fault(isTold ? await response.json() : { detail: gettext("The server answered with status %(status)s.", { status: response.status }) });
}

async function send(settings, query, format, signal) {
  const address = format ? `${settings.endpoint}?format=${format}` : settings.endpoint;
  const headers = { "Content-Type": "application/sparql-query", Accept: format ? "*/*" : SHOWN };
  try {
    return await fetch(address, { method: "POST", headers, body: query, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new Fault({ detail: gettext("The server does not answer. Try again when it is there.") });
  }
}

class BrowserEngine {
  constructor(settings) {
    // The worker lies in another folder than the page: it needs the whole address.
    this.settings = { ...settings, dump: new URL(settings.dump, document.baseURI).href };
  }

  ask(query, { format, signal, onState }) {
    if (!this.worker) {
      onState?.(gettext("Loading the record and the engine into this browser."));
      this.worker = new Worker(new URL("./engine.js", import.meta.url), { type: "module" });
      this.worker.postMessage({ settings: this.settings });
    }
    return new Promise((resolve, reject) => {
      const end = () => {
        this.end();
        reject(signal.reason);
      };
      signal.addEventListener("abort", end, { once: true });
      this.worker.onerror = () => {
        this.end();
        reject(new Fault({ detail: gettext("The engine cannot run in this browser. Download the data instead.") }));
      };
      this.worker.onmessage = ({ data }) => {
        if (data.loaded) return onState?.(gettext("Asking."));
        signal.removeEventListener("abort", end);
        if (data.lost) this.end();
        if (data.fault) reject(new Fault(data.fault));
        else resolve({ ...data.answer, by: gettext("in this browser") });
      };
      this.worker.postMessage({ query, format });
    });
  }

  end() {
    this.worker?.terminate();
    this.worker = undefined;
  }
}
