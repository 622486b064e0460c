// What every page gains where there are scripts: search as you type, and buttons that copy. Nothing needs them to be read.

import { attach } from "./search.js";

const form = document.querySelector("form.search");
if (form) attach(form, document.querySelector("#results"));

for (const text of document.querySelectorAll(".iri code, .citation, details pre code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${text.closest("details")?.querySelector("summary")?.textContent ?? (text.matches("code") ? "the IRI" : "the citation")}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.firstChild.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  (text.closest("pre") ?? text).after(button);
}
