// Records being made: says when the server does not answer, and when it does again.
"use strict";

for (const [name, silent] of [["htmx:sendError", true], ["htmx:timeout", true], ["htmx:responseError", true], ["htmx:afterOnLoad", false]]) {
  document.addEventListener(name, ({ detail }) => {
    if (silent || detail.xhr.status < 400) document.getElementById("connection").hidden = !silent;
  });
}
