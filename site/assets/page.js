// What every page gains where there are scripts: search as you type, and buttons that copy. Nothing needs them to be read.

import { attach } from "./search.js";
import { gettext } from "./words.js";

const form = document.querySelector("form.search");
if (form) attach(form, document.querySelector("#results"));

// What a button copies, in words.
function nameOf(text) {
  const form = text.closest("details")?.querySelector("summary")?.textContent;
  if (form) return gettext("Copy %(form)s", { form });
  return text.matches("code") ? gettext("Copy the IRI") : gettext("Copy the citation");
}

for (const text of document.querySelectorAll(".iri code, .citation, details pre code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = gettext("Copy");
  button.setAttribute("aria-label", nameOf(text));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.firstChild.textContent);
    button.textContent = gettext("Copied");
    setTimeout(() => { button.textContent = gettext("Copy"); }, 2000);
  });
  (text.closest("pre") ?? text).after(button);
}
