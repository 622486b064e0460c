// The words of the interface in scripts: English as they stand, or as the page translates them (interface.py).

const found = document.getElementById("words");
const { words = {}, forms, language } = found ? JSON.parse(found.textContent) : {};
const rules = forms && new Intl.PluralRules(language);

// A string in the language of the interface, with values for its placeholders, %(name)s.
export function gettext(text, values = {}) {
  return fill(words[text]?.[0] ?? text, values);
}

// The same for something counted, with %(count)s.
export function ngettext(one, many, count) {
  const text = words[one]?.[forms[rules.select(count)]] ?? (count === 1 ? one : many);
  return fill(text, { count });
}

function fill(text, values) {
  return text.replace(/%(?:\((\w+)\)s|%)/g, (_, name) => (name ? values[name] : "%"));
}
