"""One page of the flagship of each kind, by its path on the site."""

from __future__ import annotations

from urllib.parse import quote

PAGES = {
    "home": "index.html",
    "events": "events.html",
    "disputes": "disputes.html",
    "claims": "claims.html",
    "more claims": "claims/2.html",
    "agents": "agents.html",
    "places": "places.html",
    "articles": "articles.html",
    "questions": "questions.html",
    "vocabulary": "vocabulary.html",
    "query": "sparql.html",
    "data": "data.html",
    "search": "search.html?q=Pashinyan",
    "event": "id/border-clashes.html",
    "account": "id/shelling-am-mod-002.html",
    "claim": "claim/az-dead-50.html",
    "contested claim": "claim/azerbaijan-struck-civilian-infrastructure.html",
    "person": "id/nikol-pashinyan.html",
    "state": "id/armenia.html",
    "ministry": "id/az-mod.html",
    "place": "id/goris.html",
    "time": "id/t-early-tuesday.html",
    "dispute": "id/dispute-over-the-clashes.html",
    "article": "article/003.html",
    "scheme": "concept/statuses.html",
    "concept": "concept/contested.html",
    "ontology": "ontology/record.html",
    "graph": "graph/derived.html",
    "missing": "404.html",
    "question": "questions/who-began-it.html",
    "answer": f"sparql?query={quote('SELECT ?s ?p { ?s ?p :armenia } LIMIT 20')}",
}
