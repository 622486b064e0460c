// Asks Comunica a query, as its users do, and prints the answer: rows and truths as JSON, triples as N-Triples.
// Usage: node ask.mjs QUERY SOURCE...   (a SOURCE is `sparql@ADDRESS`, `file@ADDRESS`, or an address to find out about)
import { QueryEngine } from '@comunica/query-sparql';

const MEDIA_TYPES = {
  bindings: 'application/sparql-results+json',
  boolean: 'application/sparql-results+json',
  quads: 'application/n-triples',
};

function readSource(text) {
  const [, type, value] = /^(?:(sparql|file)@)?(.*)$/.exec(text);
  return type ? { type, value } : { value };
}

// The tests ask this machine only: whatever else a document might make Comunica load is a mistake.
function fetchHere(input, init) {
  const { hostname, href } = new URL(input.url ?? input);
  if (hostname !== '127.0.0.1') {
    throw new Error(`${href} is not on this machine`);
  }
  return fetch(input, init);
}

const [query, ...sources] = process.argv.slice(2);
const engine = new QueryEngine();
const result = await engine.query(query, { sources: sources.map(readSource), fetch: fetchHere });
const { data } = await engine.resultToString(result, MEDIA_TYPES[result.resultType]);
data.on('error', (error) => {
  console.error(error);
  process.exitCode = 1;
});
data.pipe(process.stdout);
