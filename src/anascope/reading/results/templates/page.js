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
  const called = ({evaluable, decision}) => !evaluable ? make("span", {class: "flag"}, decision.pattern) :
    decision.decided ? make("b", {}, decision.pattern) : make("span", {class: "open"}, decision.pattern);
  // Of a specimen that is read from some of its fields, it is said which are left out.
  const blankLines = ({evaluable, whyNot}) => whyNot.map(line => make("small", {}, evaluable ? `not evaluable: ${line}` : line));
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
    remember();
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
    // Of the first field that shows something.
    const first = Math.max(0, fields.findIndex(field => field.evaluable));
    const thumb = fields.length ? picture(fields[first]) : null;
    // The name beside it opens the same: one stop of the Tab key is enough.
    if (thumb) { thumb.tabIndex = -1; thumb.setAttribute("aria-hidden", "true"); }
    const flags = flagsOf(specimen);
    const name = make("button", {type: "button", class: "name"}, specimen.name);
    const line = make("tr", {role: "row"},
      cell({}, thumb),
      cell({}, name,
        make("small", {}, fields.length === 1 ? "1 field" : `${fields.length} fields`)),
      cell({}, flags.length ? make("span", {class: "flag"}, flags.join(", ")) : ""),
      cell({}, dot(decision.pattern), called(specimen),
        decision.decided ? codes(decision.codes) : make("small", {}, `set: ${setOf(decision)}`), ...blankLines(specimen)),
      cell({}, probability(decision) === null ? null : make("span", {class: "probability"}, percent(probability(decision)), bar(probability(decision))),
        decision.decided ? uncalibrated(decision) : make("small", {}, decision.likeliest)),
      cell({}, decision.intensity),
      cell({class: "number", "data-unit": "cells"}, String(specimen.cells)),
      cell({class: "number", "data-unit": "mitotic"}, specimen.mitotic === null ? "" : String(specimen.mitotic)));
    // A closed dialog gives the focus back to what had it: let that be the name, wherever one clicked.
    line.addEventListener("click", () => { name.focus({preventScroll: true}); open(found.indexOf(specimen), first); });
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
    at("turned").textContent = "";
    draw();
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
      if (field.dividingRow) left.append(...dividing(field));
      const links = [["overlay.jpg", "full size"], ...(field.heat ? [["heat.jpg", "heat map"]] : []), ["labels.tif", "label mask"], ["outlines.zip", "outlines for ImageJ"], ["outlines.geojson", "outlines for QuPath"]]
        .map(([file, name]) => [`${field.folder}/${file}`, name]);
      if (specimen.sheet) links.push([specimen.sheet, "sheet (PDF)"]);
      left.append(make("h3", {}, "Files beside this page"), make("ul", {class: "files"}, ...links.map(([file, name]) => make("li", {}, make("a", {href: file, target: "_blank", rel: "noopener"}, name)))));
    }
    const right = make("div", {}, ...said(specimen, field));
    if (field) {
      if (several) {
        right.append(make("h3", {}, `This field alone: ${field.cells} cells${field.mitotic === null ? "" : `, ${field.mitotic} mitotic`}`),
          make("p", {}, dot(field.decision.pattern), field.evaluable ? `${field.decision.pattern}${field.decision.decided ? ` (${field.decision.codes}), ${sure(field.decision)}` : `: ${setOf(field.decision)}`}; ${field.decision.intensity}` : `not evaluable: ${field.whyNot}`));
      }
    }
    at("detail").replaceChildren(left, right);
    // What was replaced cannot keep the focus, and lost it would hear no keys.
    if (dialog.open && !dialog.contains(held)) {
      const current = strip && at("detail").querySelector(".strip [aria-current=true]");
      (current || at("detail")).focus({preventScroll: true});
    }
  }

  // Each cell is a square of one picture, in which all of them stand side by side.
  function dividing(field) {
    const count = field.dividing.length, shown = count < field.mitotic ? `${count} of ${field.mitotic}, the likeliest first` : String(count);
    const figure = (cell, index) => {
      const tile = make("span", {class: "tile", role: "img", "aria-label": `Cell ${cell.cell}`});
      tile.style.backgroundImage = `url("${encodeURI(field.dividingRow)}")`;
      tile.style.backgroundSize = `${100 * count}% 100%`;
      tile.style.backgroundPosition = `${count > 1 ? 100 * index / (count - 1) : 0}% 0`;
      const said = [cell.phase, cell.chromatin && `chromatin ${cell.chromatin}`].filter(Boolean);
      return make("li", {}, tile, make("span", {}, ...said.flatMap((line, number) => number ? [make("br"), line] : [line])), make("span", {class: "soft"}, percent(cell.share)));
    };
    return [make("h3", {}, `Dividing cells of this field: ${shown}`), make("ul", {class: "dividing"}, ...field.dividing.map(figure))];
  }

  // What speaks against a reading, for above its bars: of the field that is shown, and of others.
  // That nothing can be told of a field comes first.
  function doubts(specimen, field) {
    const about = specimen.fields.length > 1 ? "This field: " : "";
    const lines = field && !field.evaluable ? [[make("span", {class: "flag"}, about, make("b", {}, "not evaluable")), `: ${field.whyNot}`]] : [];
    lines.push(...(field?.flags ?? []).map(flag => {
      const unit = flag.unit ? ` ${flag.unit}` : "";
      const numbers = [flag.value && `${flag.value}${unit}`, flag.limit && `limit ${flag.limit}${unit}`].filter(Boolean).join(", ");
      return [make("span", {class: "flag"}, about, make("b", {}, flag.flag)), numbers ? `: ${numbers}` : "", make("br"), make("span", {class: "soft"}, flag.advice)];
    }));
    const marks = each => [...(each.evaluable ? [] : ["not evaluable"]), ...each.flags.map(flag => flag.flag)];
    const others = specimen.fields.filter(each => each !== field && marks(each).length);
    if (others.length) {
      const flags = [...new Set(others.flatMap(marks))].join(", ");
      lines.push([make("span", {class: "flag"}, others.length === 1 ? "1 other field: " : `${others.length} other fields: `, make("b", {}, flags))]);
    }
    return lines.length ? make("ul", {class: "doubts", "aria-label": "Flags"}, ...lines.map(line => make("li", {}, ...line))) : null;
  }

  function said(specimen, field) {
    const decision = specimen.decision;
    const bars = (shares, within) => make("dl", {class: "bars"}, ...Object.entries(shares).flatMap(([name, share]) => [
      make("dt", {class: within?.includes(name) ? "within" : ""}, data.patterns[name] && within ? dot(name) : null, name),
      make("dd", {}, bar(share)), make("dd", {class: "share"}, percent(share))]));
    const falling = shares => Object.fromEntries(Object.entries(shares).sort((a, b) => b[1] - a[1]));
    const head = [
      make("p", {class: "said"}, dot(decision.pattern), decision.pattern, " ", codes(decision.codes)),
      make("p", {class: "soft"}, `Specimen: ${specimen.cells} cells${specimen.mitotic === null ? "" : `, ${specimen.mitotic} mitotic`}`),
      doubts(specimen, field) ?? make("p", {class: "soft"}, "No flag."),
    ];
    const intensity = Object.keys(decision.intensities).length ? [make("h3", {}, `Intensity: ${decision.intensity}`), bars(decision.intensities)] : [];
    if (!Object.keys(decision.patterns).length) return [...head, ...intensity];
    return [
      ...head,
      make("h3", {}, decision.mixed ? "Patterns; ● the two that this serum shows" : decision.calibrated ? `Patterns; ● in the set that holds the right one in ${percent(decision.coverage)} of cases` : "Patterns; not calibrated, so no set is given"),
      bars(falling(decision.patterns), decision.set),
      make("h3", {}, "Families"), bars(falling(decision.families)),
      ...intensity,
    ];
  }

  // Going on has no end: after the last specimen comes the first, and a line says so.
  function turn(by, index) {
    const count = found.length;
    const to = (index + by + count) % count;
    const turned = count === 1 ? "This is the only specimen." :
      index + by >= count ? "After the last specimen: the first again." :
      index + by < 0 ? "Before the first specimen: the last." : "";
    return {specimen: to, turned};
  }
  // The picture before or after this one, over the end of a specimen into the next.
  function step(by) {
    const field = place.field + by;
    if (field >= 0 && field < found[place.specimen].fields.length) return {specimen: place.specimen, field, turned: ""};
    const to = turn(by, place.specimen);
    return {...to, field: by > 0 ? 0 : Math.max(0, found[to.specimen].fields.length - 1)};
  }
  const leap = by => ({...turn(by, place.specimen), field: 0});
  function go(to) {
    open(to.specimen, to.field);
    at("turned").textContent = to.turned;
  }

  // ---- What is chosen stands in the address, so that it survives a reload ------------------------

  const chosen = {search: "value", pattern: "value", intensity: "value", undecided: "checked", flagged: "checked"};

  function remember() {
    const words = new URLSearchParams();
    for (const [id, property] of Object.entries(chosen)) {
      const value = at(id)[property];
      if (value) words.set(id, value === true ? "yes" : value);
    }
    if (order.key !== "name" || order.down) words.set("sort", (order.down ? "-" : "") + order.key);
    // A page from a disk may change what follows the # of its address, and no more.
    if (words.toString() !== location.hash.slice(1)) history.replaceState(null, "", `#${words}`);
  }

  function recall() {
    const words = new URLSearchParams(location.hash.slice(1));
    for (const [id, property] of Object.entries(chosen)) {
      const value = words.get(id) ?? "";
      at(id)[property] = property === "checked" ? value === "yes" : value;
      // What this report has nothing of shows all, not nothing.
      if (at(id).selectedIndex === -1) at(id).value = "";
    }
    const sort = words.get("sort") ?? "name", key = sort.replace(/^-/, "");
    if (Object.hasOwn(keys, key)) sortBy(key, sort !== key);
    else sortBy("name", false);
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

  addEventListener("hashchange", recall);
  recall();
})();
