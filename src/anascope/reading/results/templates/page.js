"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = id => document.getElementById(id);
  const STEP = 60;  // rows that are made at a time
  const collator = new Intl.Collator("en", {numeric: true, sensitivity: "base"});
  const levels = ["negative", "intermediate", "positive"];
  const percent = share => {  // as in pictures and on sheets
    if (share <= 0) return "0%";
    if (share >= 1) return "100%";
    if (share < 0.0005) return "<0.1%";
    if (share >= 0.9995) return ">99.9%";
    return (100 * share).toFixed(share >= 0.0995 && share < 0.98 ? 0 : 1) + "%";
  };

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (key in element && typeof value !== "string") element[key] = value;
      else element.setAttribute(key, value);
    }
    element.append(...children.filter(child => child !== null));
    return element;
  };
  const dot = pattern => {
    const mark = make("i", {class: "dot"});
    mark.style.background = data.patterns[pattern]?.colour ?? "transparent";
    return mark;
  };
  // A line may end between codes, but not inside of one.
  const codes = text => make("small", {}, ...text.split(", ").flatMap((code, index) => [index ? ", " : "", make("span", {class: "code"}, code)]));
  const bar = share => {
    const fill = make("i");
    fill.style.width = 100 * share + "%";
    return make("span", {class: "bar", "aria-hidden": "true"}, fill);
  };
  const probability = decision => decision.probability;
  // What is not evaluable has no probability, and comes after all that has one.
  const doubt = decision => probability(decision) ?? -1;
  const sure = decision => probability(decision) === null ? "" : percent(probability(decision));
  const setOf = decision => decision.set.join(", ");
  const uncalibrated = decision => decision.calibrated ? null : make("small", {}, "not calibrated");
  const flagsOf = specimen => [...new Set(specimen.fields.flatMap(field => field.flags.map(flag => flag.flag)))];

  // ---- The list ---------------------------------------------------------------------------------

  data.specimens.forEach(specimen => {
    const decision = specimen.decision;
    specimen.text = [
      specimen.name, decision.pattern, decision.codes, decision.likeliest, decision.intensity, ...decision.set, ...specimen.whyNot,
      ...specimen.fields.map(field => field.name), ...flagsOf(specimen),
    ].join(" ").toLowerCase();
    specimen.words = new Set(specimen.text.split(/[\s,;]+/));
  });
  const keys = {
    name: specimen => specimen.name,
    pattern: specimen => specimen.decision.pattern,
    probability: specimen => doubt(specimen.decision),
    intensity: specimen => levels.indexOf(specimen.decision.intensity),
    cells: specimen => specimen.cells,
    mitotic: specimen => specimen.mitotic ?? -1,
    flagged: specimen => specimen.flagged,
  };
  let order = {key: "name", down: false};
  let found = [];
  let shown = 0;

  const matches = (specimen, words) => words.every(word =>
    // "ac-1" is not "ac-10".
    /^ac-\d+$/.test(word) ? specimen.words.has(word) : specimen.text.includes(word));

  function select() {
    const words = at("search").value.toLowerCase().split(/[\s,;]+/).filter(Boolean);
    const pattern = at("pattern").value, intensity = at("intensity").value;
    const undecided = at("undecided").checked, flagged = at("flagged").checked;
    found = data.specimens.filter(specimen =>
      (!pattern || specimen.decision.pattern === pattern) &&
      (!intensity || specimen.decision.intensity === intensity) &&
      (!undecided || !specimen.decision.decided) &&
      (!flagged || specimen.flagged > 0) &&
      matches(specimen, words));
    const key = keys[order.key], sign = order.down ? -1 : 1;
    found.sort((a, b) => {
      const left = key(a), right = key(b);
      const first = typeof left === "string" ? collator.compare(left, right) : left - right;
      return sign * first || collator.compare(a.name, b.name);
    });
    const all = data.specimens.length;
    at("found").textContent = found.length === all ? `${all} ${all === 1 ? "specimen" : "specimens"}` : `${found.length} of ${all} specimens`;
    at("rows").replaceChildren();
    shown = 0;
    showMore();
  }

  function showMore(count = STEP) {
    const rows = found.slice(shown, shown + count).map(row);
    const held = document.activeElement === at("more");
    at("rows").append(...rows);
    shown = Math.min(found.length, shown + count);
    at("more").hidden = shown >= found.length;
    // A button that goes takes the focus with it: the first of the new rows has it then.
    if (held && at("more").hidden) rows[0]?.querySelector(".name").focus({preventScroll: true});
  }

  function row(specimen) {
    const {decision, fields} = specimen;
    const cell = (attributes, ...children) => make("td", {role: "cell", ...attributes}, ...children);
    const thumb = fields.length ? picture(fields[0]) : null;
    // The name beside it opens the same: one stop of the Tab key is enough.
    if (thumb) { thumb.tabIndex = -1; thumb.setAttribute("aria-hidden", "true"); }
    const flags = flagsOf(specimen);
    const name = make("button", {type: "button", class: "name"}, specimen.name);
    const line = make("tr", {role: "row"},
      cell({}, thumb),
      cell({}, name,
        make("small", {}, fields.length === 1 ? "1 field" : `${fields.length} fields`)),
      cell({}, dot(decision.pattern), !specimen.evaluable ? make("span", {class: "flag"}, decision.pattern) : decision.decided ? make("b", {}, decision.pattern) : make("span", {class: "open"}, decision.pattern),
        decision.decided ? codes(decision.codes) : make("small", {}, `set: ${setOf(decision)}`),
        specimen.whyNot.length ? make("small", {}, specimen.evaluable ? `not evaluable: ${specimen.whyNot.join("; ")}` : specimen.whyNot.join("; ")) : null),
      cell({}, probability(decision) === null ? null : make("span", {class: "probability"}, percent(probability(decision)), bar(probability(decision))),
        decision.decided ? uncalibrated(decision) : make("small", {}, decision.likeliest)),
      cell({}, decision.intensity),
      cell({class: "number", "data-unit": "cells"}, String(specimen.cells)),
      cell({class: "number", "data-unit": "mitotic"}, specimen.mitotic === null ? "" : String(specimen.mitotic)),
      cell({}, flags.length ? make("span", {class: "flag"}, flags.join(", ")) : ""));
    // A closed dialog gives the focus back to what had it: let that be the name, wherever one clicked.
    line.addEventListener("click", () => { name.focus({preventScroll: true}); open(found.indexOf(specimen), 0); });
    return line;
  }

  function picture(field) {
    const image = make("img", {src: field.picture, alt: `Field ${field.name} with outlined cells`, loading: "lazy", decoding: "async", width: String(field.width), height: String(field.height)});
    return make("button", {type: "button", class: "thumb", "aria-label": `Enlarge field ${field.name}`}, image);
  }

  function sortBy(key, down) {
    order = {key, down};
    at("sort").value = key;
    for (const button of document.querySelectorAll("th button")) {
      const heading = button.closest("th");
      if (button.dataset.sort === key) heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    }
    select();
  }
  // Counts are looked through from the most on, words from the first and doubt from the greatest on.
  const fromMost = key => ["cells", "mitotic", "flagged", "intensity"].includes(key);

  // ---- One specimen -----------------------------------------------------------------------------

  const dialog = at("dialog");
  let place = {specimen: 0, field: 0};

  function open(specimen, field) {
    place = {specimen, field};
    draw();
    // Only now is it known which buttons can have the focus.
    if (!dialog.open) dialog.showModal();
    at("detail").scrollTop = 0;
  }

  function draw() {
    const specimen = found[place.specimen], field = specimen.fields[place.field];
    const several = specimen.fields.length > 1;
    const held = document.activeElement, strip = held?.closest(".strip");
    at("which").replaceChildren(specimen.name, ...(field ? [" ", make("small", {}, `${field.name}, ${place.field + 1} of ${specimen.fields.length}`)] : []));
    const left = make("div");
    if (field) {
      left.append(make("img", {class: "large", src: field.picture, alt: `Field ${field.name} with outlined cells`}));
      if (several) {
        left.append(make("div", {class: "strip", role: "group", "aria-label": "Fields"}, ...specimen.fields.map((each, index) => {
          const button = picture(each);
          button.setAttribute("aria-label", `Field ${each.name}`);
          button.setAttribute("aria-current", String(index === place.field));
          button.addEventListener("click", () => open(place.specimen, index));
          return button;
        })));
      }
      const links = [["overlay.jpg", "full size"], ...(field.heat ? [["heat.jpg", "heat map"]] : []), ["labels.tif", "label mask"], ["outlines.zip", "outlines for ImageJ"], ["outlines.geojson", "outlines for QuPath"]]
        .map(([file, name]) => [`${field.folder}/${file}`, name]);
      if (specimen.sheet) links.push([specimen.sheet, "sheet (PDF)"]);
      left.append(make("h3", {}, "Files beside this page"), make("ul", {class: "files"}, ...links.map(([file, name]) => make("li", {}, make("a", {href: file, target: "_blank", rel: "noopener"}, name)))));
    }
    const right = make("div", {}, ...said(specimen, `Specimen: ${specimen.cells} cells${specimen.mitotic === null ? "" : `, ${specimen.mitotic} mitotic`}`));
    if (field) {
      if (several) {
        right.append(make("h3", {}, `This field alone: ${field.cells} cells${field.mitotic === null ? "" : `, ${field.mitotic} mitotic`}`),
          make("p", {}, dot(field.decision.pattern), field.evaluable ? `${field.decision.pattern}${field.decision.decided ? ` (${field.decision.codes}), ${sure(field.decision)}` : `: ${setOf(field.decision)}`}; ${field.decision.intensity}` : `not evaluable: ${field.whyNot}`));
      }
      right.append(make("h3", {}, "Quality of this field"));
      right.append(field.flags.length ? make("ul", {class: "plain"}, ...field.flags.map(flag => {
        const unit = flag.unit ? ` ${flag.unit}` : "";
        const numbers = [flag.value && `${flag.value}${unit}`, flag.limit && `limit ${flag.limit}${unit}`].filter(Boolean).join(", ");
        return make("li", {}, make("b", {class: "flag"}, flag.flag), numbers ? `: ${numbers}` : "", make("br"), make("span", {class: "soft"}, flag.advice));
      })) : make("p", {class: "soft"}, "No flag."));
    }
    at("detail").replaceChildren(left, right);
    at("previous").disabled = step(-1) === null;
    at("next").disabled = step(1) === null;
    // What was replaced or disabled cannot keep the focus, and lost it would hear no keys.
    if (dialog.open && (held?.disabled || !dialog.contains(held))) {
      const current = strip && at("detail").querySelector(".strip [aria-current=true]");
      (current || at("detail")).focus({preventScroll: true});
    }
  }

  function said(specimen, title) {
    const decision = specimen.decision;
    const bars = (shares, within) => make("dl", {class: "bars"}, ...Object.entries(shares).flatMap(([name, share]) => [
      make("dt", {class: within?.includes(name) ? "within" : ""}, data.patterns[name] && within ? dot(name) : null, name),
      make("dd", {}, bar(share)), make("dd", {class: "share"}, percent(share))]));
    const falling = shares => Object.fromEntries(Object.entries(shares).sort((a, b) => b[1] - a[1]));
    const blank = specimen.whyNot.length ? [make("ul", {class: "plain"}, ...specimen.whyNot.map(line => make("li", {}, make("b", {class: "flag"}, specimen.evaluable ? "not evaluable" : ""), ` ${line}`)))] : [];
    const head = [
      make("p", {class: "said"}, dot(decision.pattern), decision.pattern, " ", codes(decision.codes)),
      ...blank,
      make("p", {class: "soft"}, title),
    ];
    const intensity = Object.keys(decision.intensities).length ? [make("h3", {}, `Intensity: ${decision.intensity}`), bars(decision.intensities)] : [];
    if (!Object.keys(decision.patterns).length) return [...head, ...intensity];
    return [
      ...head,
      make("h3", {}, decision.calibrated ? `Patterns; ● in the set that holds the right one in ${percent(decision.coverage)} of cases` : "Patterns; not calibrated, so no set is given"),
      bars(falling(decision.patterns), decision.set),
      make("h3", {}, "Families"), bars(falling(decision.families)),
      ...intensity,
    ];
  }

  // The picture before or after this one, over the end of a specimen into the next.
  function step(by) {
    const field = place.field + by;
    if (field >= 0 && field < found[place.specimen].fields.length) return {specimen: place.specimen, field};
    const specimen = place.specimen + by;
    if (specimen < 0 || specimen >= found.length) return null;
    return {specimen, field: by > 0 ? 0 : Math.max(0, found[specimen].fields.length - 1)};
  }
  function go(to) { if (to) open(to.specimen, to.field); }
  function leap(by) {
    const specimen = place.specimen + by;
    return specimen < 0 || specimen >= found.length ? null : {specimen, field: 0};
  }

  // ---- What the reader does ---------------------------------------------------------------------

  let waiting = 0;
  at("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(select, 80); });
  for (const id of ["pattern", "intensity", "undecided", "flagged"]) at(id).addEventListener("change", select);
  at("sort").addEventListener("change", event => sortBy(event.target.value, fromMost(event.target.value)));
  document.querySelector(".filters").addEventListener("submit", event => event.preventDefault());
  for (const button of document.querySelectorAll("th button")) {
    button.addEventListener("click", () => {
      const key = button.dataset.sort;
      sortBy(key, order.key === key ? !order.down : fromMost(key));
    });
  }
  at("more").addEventListener("click", () => showMore());
  const watch = new IntersectionObserver(entries => {
    if (!entries.some(entry => entry.isIntersecting)) return;
    showMore();
    // Who scrolls on at once is there before the button was seen to leave: look anew.
    watch.unobserve(at("more"));
    watch.observe(at("more"));
  }, {rootMargin: "600px"});
  watch.observe(at("more"));
  addEventListener("beforeprint", () => showMore(found.length));
  at("previous").addEventListener("click", () => go(step(-1)));
  at("next").addEventListener("click", () => go(step(1)));
  at("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
  // A click beside all that takes the focus leaves it to the document, outside of the dialog.
  document.addEventListener("keydown", event => {
    if (!dialog.open || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = {ArrowLeft: () => step(-1), ArrowRight: () => step(1), PageUp: () => leap(-1), PageDown: () => leap(1)}[event.key];
    if (to) { event.preventDefault(); go(to()); }
  });

  sortBy("name", false);
})();
