"use strict";
// The viewer: one field at a time, with outlines, a heat map, and light as the reader wants it.
(() => {
  const TILE = 512;
  const MOST_OUTLINES = 20000;
  const SVG = "http://www.w3.org/2000/svg";
  const place = document.getElementById("viewer");
  const fields = [...document.querySelectorAll(".field")];
  if (!place || !fields.length || typeof OpenSeadragon === "undefined") return;
  place.hidden = false;
  const controls = document.getElementById("controls");
  controls.hidden = false;
  const line = document.getElementById("viewer-line");
  const on = { outlines: true, heat: false, green: false };
  const light = { brightness: 100, contrast: 100 };
  let shown = null; // { section, svg, cells, heat }

  // Where this element stands, the library adds no style of its own, which the page would refuse. It is
  // in no namespace: browsers take it for no style, so that the policy has nothing to say of it.
  const noStyle = document.createElementNS(null, "style");
  noStyle.setAttribute("data-openseadragon-mobile-css", "true");
  document.head.append(noStyle);

  const viewer = OpenSeadragon({
    element: place,
    prefixUrl: "/static/openseadragon/",
    showNavigationControl: false,
    drawer: "canvas",
    animationTime: 0.25,
    maxZoomPixelRatio: 16,
    minZoomImageRatio: 0.8,
    visibilityRatio: 0.6,
    imageSmoothingEnabled: false, // a pixel is shown as one
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    gestureSettingsTouch: { clickToZoom: false },
  });
  const green = document.createElement("div");
  green.className = "green";
  green.hidden = true;
  viewer.canvas.insertBefore(green, viewer.overlaysContainer);
  // Keys are those of the page; arrows move the field.
  viewer.addHandler("canvas-key", (event) => {
    if (!event.originalEvent.key.startsWith("Arrow")) event.preventDefaultAction = true;
  });

  function source(section) {
    const width = Number(section.dataset.width);
    const height = Number(section.dataset.height);
    const maxLevel = Math.ceil(Math.log2(Math.max(width, height)));
    return {
      width,
      height,
      tileSize: TILE,
      tileOverlap: 0,
      maxLevel,
      minLevel: Math.max(0, maxLevel - 7),
      getTileUrl: (level, x, y) => `${section.dataset.base}/tiles/${level}/${x}_${y}.png`,
    };
  }

  // What the desk says of a picture that it does not give, in its own line.
  async function tell(address) {
    const answer = await fetch(address, { headers: { Accept: "text/plain" } });
    line.textContent = answer.ok ? "" : await answer.text();
    line.hidden = answer.ok;
  }
  viewer.addHandler("tile-load-failed", (event) => {
    if (line.hidden) tell(event.tile.getUrl());
  });

  function open(section) {
    if (shown && shown.section === section) return;
    shown = { section, svg: null, cells: new Map(), heat: null };
    line.hidden = true;
    for (const field of fields) field.classList.toggle("away", field !== section);
    for (const link of document.querySelectorAll("[data-field]")) {
      const current = link.dataset.field === section.dataset.number;
      link.toggleAttribute("aria-current", current);
    }
    viewer.clearOverlays();
    viewer.open(source(section));
  }
  viewer.addHandler("open", () => {
    outline(shown);
    heat();
    apply();
  });

  async function outline(mine) {
    const { section } = mine;
    const answer = await fetch(`${section.dataset.base}/outlines.json`);
    if (!answer.ok || mine !== shown) return;
    const { features } = await answer.json();
    if (mine !== shown) return;
    if (features.length > MOST_OUTLINES) {
      line.textContent = `${features.length} cells: too many to outline.`;
      line.hidden = false;
      return;
    }
    const width = Number(section.dataset.width);
    const height = Number(section.dataset.height);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "outlines");
    for (const { geometry, properties } of features) {
      const path = document.createElementNS(SVG, "path");
      const points = geometry.coordinates[0].map(([x, y]) => `${x} ${y}`).join("L");
      path.setAttribute("d", `M${points}Z`);
      path.setAttribute("stroke", `rgb(${properties.classification.color.map(Number).join(",")})`);
      svg.append(path);
      mine.cells.set(properties.name, path);
    }
    mine.svg = svg;
    for (const box of section.querySelectorAll("[name=out]")) mark(box);
    viewer.addOverlay({ element: svg, location: new OpenSeadragon.Rect(0, 0, 1, height / width) });
    apply();
  }

  function heat() {
    if (!on.heat || shown.heat || !shown.section.dataset.heat) return;
    const mine = shown;
    mine.heat = "coming";
    viewer.addTiledImage({
      tileSource: { type: "image", url: `${mine.section.dataset.base}/heat.jpg`, buildPyramid: false },
      width: 1,
      success: ({ item }) => {
        if (mine === shown) {
          mine.heat = item;
          apply();
        }
      },
      error: () => {
        line.textContent = "There is no heat map of this field.";
        line.hidden = false;
      },
    });
  }

  function apply() {
    if (shown.svg) shown.svg.style.display = on.outlines ? "" : "none";
    if (shown.heat?.setOpacity) shown.heat.setOpacity(on.heat ? 0.8 : 0);
    green.hidden = !on.green;
    viewer.drawer.canvas.style.filter =
      `brightness(${light.brightness / 100}) contrast(${light.contrast / 100})`;
    for (const name of Object.keys(on)) {
      controls.querySelector(`[data-act=${name}]`).setAttribute("aria-pressed", String(on[name]));
    }
  }

  function mark(box) {
    shown.cells.get(box.value.split(":")[1])?.classList.toggle("out", box.checked);
  }
  document.addEventListener("change", (event) => {
    if (event.target.name === "out" && shown.section.contains(event.target)) mark(event.target);
  });

  // A click on a cell leads to its picture; a look at the picture leads to the cell.
  viewer.addHandler("canvas-click", (event) => {
    if (!event.quick || !shown.svg || !on.outlines) return;
    const at = viewer.viewport.viewerElementToImageCoordinates(event.position);
    const point = new DOMPoint(at.x, at.y);
    for (const [number, path] of shown.cells) {
      if (!path.isPointInFill(point)) continue;
      const value = CSS.escape(`${shown.section.dataset.number}:${number}`);
      const box = shown.section.querySelector(`[name=out][value="${value}"]`);
      choose(path);
      if (box) box.focus();
      return;
    }
  });
  function choose(path) {
    for (const other of shown.cells.values()) other.classList.toggle("chosen", other === path);
  }
  document.addEventListener("focusin", (event) => {
    if (event.target.name !== "out" || !shown.section.contains(event.target)) return;
    const path = shown.cells.get(event.target.value.split(":")[1]);
    if (path) choose(path);
  });

  const acts = {
    in: () => viewer.viewport.zoomBy(1.5).applyConstraints(),
    out: () => viewer.viewport.zoomBy(1 / 1.5).applyConstraints(),
    whole: () => viewer.viewport.goHome(),
    pixel: () => viewer.viewport.zoomTo(viewer.viewport.imageToViewportZoom(1)),
    outlines: () => { on.outlines = !on.outlines; },
    heat: () => { on.heat = !on.heat; heat(); },
    green: () => { on.green = !on.green; },
    plain: () => {
      for (const input of controls.querySelectorAll("[data-light]")) input.value = 100;
      Object.assign(light, { brightness: 100, contrast: 100 });
      on.green = false;
    },
  };
  controls.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    acts[button.dataset.act]();
    apply();
  });
  controls.addEventListener("input", (event) => {
    light[event.target.dataset.light] = Number(event.target.value);
    apply();
  });
  for (const link of document.querySelectorAll("[data-field]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(fields.find((field) => field.dataset.number === link.dataset.field));
    });
  }
  const asked = fields.find((field) => `#${field.id}` === location.hash);
  open(asked || fields[0]);
})();
