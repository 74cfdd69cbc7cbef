// Which parts of the page have changed? The server sends them as HTML; a page that nobody sees does not ask.
"use strict";

const link = document.getElementById("link");
const query = new URLSearchParams(location.search).get("find") ?? "";
let source = null;

function told(text, isLive) {
  link.textContent = text;
  link.classList.toggle("live", isLive);
}

function follow() {
  if (source !== null || document.hidden) return;
  source = new EventSource(`/_emulator/events?find=${encodeURIComponent(query)}`);
  source.onopen = () => told("Live", true);
  source.onmessage = (event) => {
    const part = JSON.parse(event.data);
    document.getElementById(part.id).innerHTML = part.html;
  };
  source.onerror = () => {
    told("Not live", false);
    // The browser gives up after a response that is no stream, such as one that says there are too many.
    if (source.readyState === EventSource.CLOSED) {
      leave();
      setTimeout(follow, 3000);
    }
  };
}

function leave() {
  source?.close();
  source = null;
}

// A browser opens six connections to a server, so hidden tabs leave theirs to others.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    leave();
    told("Not live", false);
  } else follow();
});

for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.closest("section").querySelector("output");
    try {
      const body = new URLSearchParams(new FormData(form, event.submitter));
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/plain" } });
      const text = await response.text();
      said.classList.toggle("bad", !response.ok);
      said.textContent = response.ok ? text : refusal(text);
    } catch {
      said.classList.add("bad");
      said.textContent = "The emulator does not respond.";
    }
  });
}

function refusal(text) {
  try {
    const body = JSON.parse(text);
    return body.detail ?? body.message ?? text;
  } catch {
    return text;
  }
}

follow();
