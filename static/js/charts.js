"use strict";
// Tooltips and arrow keys for the drawings of agencyam/charts. Without this script the table under each chart says it all.
(() => {
  const tip = Object.assign(document.createElement("div"), { className: "chart-tip", popover: "manual", ariaHidden: "true" });
  const spoken = Object.assign(document.createElement("p"), { className: "chart-spoken", ariaLive: "polite" });
  document.body.append(tip, spoken);
  let chosen = null;

  function place() {
    const box = (chosen.querySelector(".chart-shape") ?? chosen).getBoundingClientRect();
    const middle = box.left + (box.width - tip.offsetWidth) / 2;
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${Math.max(8, Math.min(middle, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${above < 8 ? box.bottom + 8 : above}px`;
  }

  function choose(mark) {
    chosen?.classList.remove("is-chosen");
    chosen = mark;
    if (!mark) return tip.hidePopover();
    mark.classList.add("is-chosen");
    tip.textContent = mark.dataset.tip;
    tip.showPopover();
    place();
  }

  document.addEventListener("pointerover", ({ target }) => {
    const title = target.closest("svg.chart")?.querySelector(":scope > title");
    if (title) { // else the browser draws its own tooltip over ours
      title.parentNode.setAttribute("aria-label", title.textContent);
      title.remove();
    }
    const mark = target.closest("svg.chart [data-tip]");
    if (mark !== chosen) choose(mark);
  });

  document.addEventListener("focusin", ({ target }) => {
    const mark = target.closest("svg.chart [data-tip]");
    if (!mark) return;
    choose(mark);
    if (!mark.matches("a")) return;
    for (const link of mark.closest("svg").querySelectorAll("a[data-tip]")) link.setAttribute("tabindex", link === mark ? 0 : -1);
  });
  document.addEventListener("focusout", ({ target }) => { if (target.closest("svg.chart")) choose(null); });
  document.addEventListener("scroll", () => { if (chosen) place(); }, { capture: true, passive: true });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen) { choose(null); event.preventDefault(); }
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const chart = event.target.closest("svg.chart");
    if (!step || !chart) return;
    event.preventDefault();
    const marks = [...chart.querySelectorAll("[data-tip]")];
    const from = marks.indexOf(chosen);
    const mark = from < 0 ? marks.at(step < 0 ? -1 : 0) : marks[Math.max(0, Math.min(from + step, marks.length - 1))];
    if (chart.hasAttribute("tabindex")) choose(mark);
    else { // a chart with links has no focus of its own: it goes from mark to mark, so that Enter follows the one shown
      if (!mark.matches("a")) mark.setAttribute("tabindex", -1);
      mark.focus();
    }
    if (!mark.matches("a")) spoken.textContent = mark.dataset.tip; // a link speaks for itself
  });
})();
