/* The behaviour of every page: one dialog, toasts, the error banner, keys, the palette, the phone's menu.
   Pages work without it; what does not is marked .needs-script. It listens to htmx's events and to our own
   (toast, dialog-close, page-error) and never calls htmx, so that htmx can be renewed beneath it. */
(() => {
  "use strict";
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (name, listener) => document.addEventListener(name, listener);
  const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
  const focusable = "a[href], button:not(:disabled), input, select, textarea";

  // The dialog opens when something is loaded into it and closes when the server says so.
  const dialog = byId("dialog");
  on("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "dialog-body" || dialog.open) return;
    dialog.showModal();
    dialog.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea)")?.focus();
  });
  on("dialog-close", () => dialog?.close());
  dialog?.addEventListener("close", () => byId("dialog-body").replaceChildren());

  // Toasts: {"toast": {"text": "Saved.", "undo": "/address/that/takes/a/POST/"}} in HX-Trigger.
  const csrfToken = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  on("toast", ({ detail }) => {
    const toast = byId("toast-shape").content.firstElementChild.cloneNode(true);
    toast.querySelector("[data-toast-text]").textContent = detail.text ?? detail.value;
    if (detail.undo) {
      const form = toast.querySelector("[data-toast-undo]");
      const token = Object.assign(document.createElement("input"), { type: "hidden", name: "csrfmiddlewaretoken", value: csrfToken() });
      form.action = detail.undo;
      form.append(token);
      form.hidden = false;
    }
    byId("toasts").append(toast);
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
    setTimeout(leave, 8000);
  });

  // A failed request leaves the page as it was and says so, with a way to try again.
  const banner = byId("error-banner");
  const reasons = {
    0: ["No connection.", "The page could not reach the server. What you wrote is still here."],
    403: ["This is not yours to do.", "Your role does not allow it. An owner of the agency can change that."],
    404: ["That is gone.", "Someone may have moved or closed it meanwhile. Load the page again to see."],
    429: ["Too many tries.", "Wait a minute, then try again."],
  };
  let again = null;
  const complain = (title, text, retry) => {
    banner.querySelector("[data-error-title]").textContent = title;
    banner.querySelector("[data-error-text]").textContent = text;
    again = retry;
    banner.querySelector("[data-retry]").hidden = !retry;
    dialog?.open ? byId("dialog-body").prepend(banner) : byId("messages").before(banner);
    banner.hidden = false;
  };
  const repeat = ({ elt, requestConfig }) => {
    if (elt.matches("form")) return () => elt.requestSubmit();
    const cause = requestConfig?.triggeringEvent?.type;
    if (cause === "click") return () => elt.click();
    if (elt.isConnected && ["input", "change", "search"].includes(cause)) return () => elt.dispatchEvent(new Event("search", { bubbles: true }));
    return () => location.reload();
  };
  const failed = ({ detail }) => {
    const status = detail.xhr?.status ?? 0;
    const [title, text] = reasons[status] ?? ["That did not work.", "The server could not do it. Try again, or load the page again to see where things stand."];
    complain(title, text, [403, 404].includes(status) ? null : repeat(detail));
    restore();
  };
  on("htmx:responseError", failed);
  on("htmx:sendError", failed);
  on("htmx:timeout", failed);
  on("page-error", ({ detail }) => complain(detail.title, detail.text, null));

  // While a request runs: its target is busy; a row that is being done fades at once, and returns if that fails.
  let leaving = null;
  let heir = null;
  const restore = () => leaving?.classList.remove("leaving");
  on("htmx:beforeRequest", ({ detail }) => {
    detail.target?.setAttribute("aria-busy", "true");
    if (!detail.elt.matches("[data-optimistic]")) return;
    leaving = detail.elt.closest("[data-row], .card, li");
    const rows = all("[data-row]").filter(isShown);
    const at = rows.indexOf(leaving);
    heir = at < 0 ? leaving?.nextElementSibling ?? leaving?.previousElementSibling : rows[at + 1] ?? rows[at - 1];
    leaving?.classList.add("leaving");
  });
  on("htmx:afterRequest", ({ detail }) => detail.target?.removeAttribute("aria-busy"));
  on("htmx:afterSettle", ({ target }) => {
    const invalid = target.querySelector?.('[aria-invalid="true"]');
    if (invalid) invalid.focus();
    else if (leaving && !leaving.isConnected && document.activeElement === document.body) {
      // The list may have come anew meanwhile: the row that moves up is then known by its id.
      const next = heir?.isConnected ? heir : byId(heir?.id);
      next?.querySelector(focusable)?.focus();
    }
    if (leaving && !leaving.isConnected) leaving = heir = null;
  });

  // Clicks on whatever carries one of our data attributes.
  on("click", ({ target }) => {
    const hit = (name) => target.closest?.(`[data-${name}]`);
    if (hit("dialog-close")) hit("dialog-close").closest("dialog").close();
    if (hit("palette-open")) openPalette();
    if (hit("retry")) { banner.hidden = true; again?.(); }
    if (hit("dismiss")) {
      const note = hit("dismiss").closest(".toast, .banner");
      note === banner ? (banner.hidden = true) : note.remove();
    }
    if (hit("copy")) {
      const text = document.querySelector(hit("copy").dataset.copy).innerText;
      navigator.clipboard.writeText(text).then(() => hit("copy").setAttribute("data-copied", ""));
    }
  });

  // The phone's menu is a popover: it opens without script; with it the focus goes in and closes it on leaving.
  const side = byId("side");
  side?.addEventListener("toggle", ({ newState }) => {
    if (newState === "open") (side.querySelector("[aria-current]") ?? side.querySelector(".nav a"))?.focus();
  });
  side?.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && side.matches(":popover-open") && !side.contains(relatedTarget)) side.hidePopover();
  });
  matchMedia("(width >= 900px)").addEventListener("change", () => side?.matches(":popover-open") && side.hidePopover());

  // Palette: the menu's links and what the server finds, walked with the arrows.
  const palette = byId("palette");
  const typed = palette?.querySelector("[role=combobox]");
  const options = () => all("[role=option]", palette).filter(isShown);
  const choose = (option) => {
    all("[role=option]", palette).forEach((each, at) => {
      each.id ||= `palette-found-${at}`;
      each.setAttribute("aria-selected", String(each === option));
    });
    option ? typed.setAttribute("aria-activedescendant", option.id) : typed.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
    palette.querySelector("[data-palette-nothing]").hidden = Boolean(option);
  };
  const sift = () => {
    const words = typed.value.trim().toLowerCase();
    all("[data-filter]", palette).forEach((each) => { each.hidden = !each.textContent.toLowerCase().includes(words); });
    choose(options()[0]);
  };
  const openPalette = () => {
    if (!palette || palette.open) return;
    palette.showModal();
    typed.value = "";
    sift();
  };
  typed?.addEventListener("input", sift);
  palette?.addEventListener("htmx:afterSwap", sift);
  palette?.addEventListener("submit", (event) => { event.preventDefault(); palette.querySelector("[aria-selected=true]")?.click(); });
  typed?.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const shown = options();
    const at = shown.findIndex((each) => each.getAttribute("aria-selected") === "true");
    choose(shown[(at + step + shown.length) % shown.length]);
  });

  // Single keys: not while writing, not in a dialog, and not at all if the member has turned them off.
  const move = (step) => {
    const rows = all("[data-row]").filter(isShown);
    const at = rows.indexOf(document.activeElement?.closest("[data-row]"));
    const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
    row?.querySelector(focusable)?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  const search = () => {
    const box = document.querySelector("[data-search]");
    box ? box.focus() : openPalette();
  };
  const keys = { j: () => move(1), k: () => move(-1), "/": search, "?": () => byId("keys")?.showModal() };
  on("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      palette?.open ? palette.close() : openPalette();
      return;
    }
    const isWriting = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (isWriting || event.ctrlKey || event.metaKey || event.altKey || root.dataset.singleKeys === "off") return;
    if (document.querySelector("dialog[open], [popover]:popover-open") || !/^[a-z/?]$/.test(event.key)) return;
    const row = document.activeElement?.closest("[data-row]");
    const button = row?.querySelector(`[data-row-key="${event.key}"]`) ?? document.querySelector(`[data-key="${event.key}"]`);
    if (!keys[event.key] && !button) return;
    event.preventDefault();
    keys[event.key] ? keys[event.key]() : button.click();
  });
})();
