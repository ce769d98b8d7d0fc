"use strict";
// Keys of all pages, rows of the worklist, and the form of a specimen.
(() => {
  const TYPED = "textarea, select, input:not([type=checkbox], [type=radio], [type=range])";
  const rows = [...document.querySelectorAll("#worklist tbody tr")];
  const links = rows.map((row) => row.querySelector("a"));

  function step(by) {
    const now = links.indexOf(document.activeElement);
    const link = links[now < 0 ? 0 : Math.min(Math.max(now + by, 0), links.length - 1)];
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.metaKey) return;
    const active = document.activeElement;
    if (event.key === "Escape" && active) {
      active.blur();
      return;
    }
    if (!event.ctrlKey && active && active.matches(TYPED)) return;
    if (rows.length && !event.ctrlKey && (event.key === "j" || event.key === "k")) {
      event.preventDefault();
      step(event.key === "j" ? 1 : -1);
      return;
    }
    const key = (event.ctrlKey ? "Control+" : "") + event.key;
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target || target.disabled) return;
    event.preventDefault();
    if (target.matches("select, textarea, input:not([type=radio])")) {
      target.closest("details:not([open])")?.setAttribute("open", "");
      target.focus();
    } else {
      target.click();
    }
  });

  const form = document.getElementById("form");
  if (!form) return;
  const patterns = document.getElementById("with-patterns");
  const intensity = document.getElementById("with-intensity");
  const verdict = () => form.elements.verdict.value;

  // What does not go with the chosen kind of result is not sent.
  function fit() {
    const kind = verdict();
    patterns.disabled = kind !== "" && kind !== "patterns";
    intensity.hidden = kind !== "" && kind !== "patterns" && kind !== "negative";
    intensity.querySelector("select").disabled = intensity.hidden;
  }
  form.addEventListener("change", (event) => {
    if (event.target.name === "pattern" && event.target.value && verdict() === "") {
      form.elements.verdict.value = "patterns";
    }
    fit();
  });
  fit();

  // Others are shown that somebody looks at a new specimen as soon as something is entered.
  let begun = null;
  let beginning = false;
  let changed = false;
  async function begin() {
    const sent = new URLSearchParams({
      form_token: form.elements.form_token.value,
      seen: form.elements.seen.value,
    });
    const answer = await fetch(form.dataset.begin, {
      method: "POST",
      body: sent,
      headers: { Accept: "application/json" },
    });
    if (answer.ok) {
      form.elements.seen.value = (await answer.json()).version;
    } else {
      const line = document.createElement("p");
      line.className = "wrong";
      line.setAttribute("role", "alert");
      line.textContent = await answer.text();
      form.before(line);
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    changed = true;
    if (form.dataset.begin && begun === null) {
      beginning = true;
      begun = begin().catch(() => {}).finally(() => { beginning = false; });
    }
  });
  form.addEventListener("submit", async (event) => {
    if (!beginning) {
      changed = false;
      return;
    }
    event.preventDefault(); // else this form would be about an earlier version than its beginning
    const button = event.submitter;
    await begun;
    setTimeout(() => form.requestSubmit(button)); // within this event it would do nothing
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
})();
