/* The builder of a review: a small editor on top of each text field, and what happens when two people write.
   Without it the field takes the same text as HTML or plain lines, and a button saves it. */
(() => {
  "use strict";
  const on = (name, listener) => document.addEventListener(name, listener);
  const dirty = new Set();
  const indexed = (element) => element?.closest?.(".builder-index a")?.hash.replace("#section-", "");
  const sectionOf = (element) => element?.closest?.(".builder-section")?.id.replace("section-", "");

  // Two people wrote: the answer is 409 and belongs into the page like any other.
  on("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status !== 409) return;
    detail.shouldSwap = true;
    detail.isError = false;
  });

  // The pages beside the text: printed anew after a save, in a second frame that takes the first one's place when
  // it is there, so that nothing flickers and the focus stays in the text. They turn to the section that is edited.
  const view = document.querySelector(".pages-view");
  let shown = view?.querySelector("iframe");
  let coming = null;
  let isStale = false;
  let section = location.hash.replace("#section-", "");
  const turn = (frame = shown) => {
    const page = frame?.contentDocument?.scrollingElement;
    const target = frame?.contentDocument?.getElementById(section);
    if (target) page.scrollTo({ top: page.scrollTop + target.getBoundingClientRect().top - 60 });
    else if (frame !== shown) page?.scrollTo({ top: shown.contentDocument.scrollingElement.scrollTop });
  };
  const fit = () => {
    for (const frame of view.querySelectorAll("iframe")) {
      const sheet = frame.contentDocument?.documentElement?.offsetWidth || 794;
      const scale = view.clientWidth / sheet;
      Object.assign(frame.style, { width: `${sheet}px`, height: `${view.clientHeight / scale}px`, transform: `scale(${scale})` });
    }
  };
  const printAnew = () => {
    if (!view?.clientWidth || !shown.src) return;
    isStale = Boolean(coming);
    if (coming) return;
    coming = shown.cloneNode();
    coming.className = "is-coming";
    coming.addEventListener("load", () => {
      fit();
      turn(coming);
      coming.className = "";
      shown.remove();
      [shown, coming] = [coming, null];
      if (isStale) printAnew();
    });
    view.setAttribute("aria-busy", "true");
    view.append(coming);
  };
  const goTo = (key) => {
    if (!key || key === section) return;
    section = key;
    for (const link of document.querySelectorAll(".builder-index a")) link.toggleAttribute("aria-current", link.hash === `#section-${key}`);
    turn();
  };
  if (view) {
    new ResizeObserver(fit).observe(view);
    shown.addEventListener("load", () => { fit(); turn(); });
    // The text is there first; narrow windows have a link in place of the pages.
    addEventListener("load", () => { if (view.clientWidth) shown.src = shown.dataset.src; });
    on("focusin", ({ target }) => goTo(sectionOf(target) ?? indexed(target)));
  }
  // From the list of sections straight into the text.
  on("click", ({ target }) => {
    const key = indexed(target);
    if (key) document.querySelector(`#form-${key} .rich-text`)?.focus();
  });

  // What is not saved yet is not left behind unasked; what was typed while a save was on its way is not saved by it.
  const sent = new Map();
  let held = null;
  on("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.matches?.(".text-form")) sent.set(detail.elt.id, detail.elt.elements.text.value);
  });
  on("htmx:afterRequest", ({ detail }) => {
    const form = detail.elt;
    if (!form.matches?.(".text-form")) return;
    if (detail.xhr?.status !== 200) {
      if (held) form.scrollIntoView({ block: "center" });
      held = null;
      return;
    }
    if (sent.get(form.id) === form.elements.text.value) dirty.delete(form.id);
    printAnew();
    if (dirty.size || !held) return;
    const goOn = held;
    held = null;
    goOn();
  });
  on("input", ({ target }) => {
    const form = target.closest?.(".text-form");
    if (form) dirty.add(form.id);
  });
  // A form that brings the page anew waits until all texts are saved, and is not sent if one of them cannot be.
  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (submitter?.name === "choice") dirty.delete(target.id);
    if (target.matches(".text-form") || !dirty.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = () => target.requestSubmit(submitter);
    for (const id of dirty) document.getElementById(id).requestSubmit();
  }, true);
  addEventListener("beforeunload", (event) => { if (dirty.size) event.preventDefault(); });

  // What others saved: the pages follow.
  const news = new Map();
  on("htmx:oobAfterSwap", ({ target }) => {
    const link = target.matches?.(".news") && target.querySelector("a")?.href;
    if (!link || news.get(target.id) === link) return;
    news.set(target.id, link);
    printAnew();
  });

  // Ctrl+Enter: save this text, write the next one.
  on("keydown", (event) => {
    const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.(".text-form");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
    const editors = [...document.querySelectorAll(".text-form :is(.rich-text, textarea:not([hidden]))")];
    const next = editors[editors.findIndex((each) => form.contains(each)) + 1];
    next?.focus();
    next?.closest(".builder-section").scrollIntoView({ block: "start" });
  });

  // A section that was moved or hidden keeps the focus on its button, so that it can be pressed again.
  on("submit", ({ target, submitter }) => {
    if (target.matches(".arrange")) sessionStorage.setItem("arranged", `#${target.closest("section").id} [value=${submitter.value}]`);
  });
  const pressed = sessionStorage.getItem("arranged");
  sessionStorage.removeItem("arranged");
  // The browser goes to the section of the address first, and takes the focus away in doing so. Whoever has
  // gone on writing meanwhile keeps it.
  if (pressed) addEventListener("load", () => requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    const next = `${pressed.split(" ")[0]} .arrange button:not(:disabled)`;
    (document.querySelector(`${pressed}:not(:disabled)`) ?? document.querySelector(next))?.focus();
  }));

  const tools = [
    ["bold", "Bold", "B", "b"],
    ["italic", "Italic", "I", "i"],
    ["underline", "Underlined", "U", "u"],
    ["formatBlock:h3", "Heading", "H"],
    ["formatBlock:p", "Paragraph", "¶"],
    ["insertUnorderedList", "List", "•"],
    ["insertOrderedList", "Numbered list", "1."],
    ["formatBlock:blockquote", "Quotation", "❝"],
    ["link", "Link", "↗"],
    ["plain", "Plain", "×"],
  ];
  const run = (command, value) => document.execCommand(command, false, value);
  // What people type where an address is asked: with or without https://, or that of a mailbox. Empty if it is none.
  const addressOf = (typed) => {
    const text = typed.trim().replace(/^http:\/\//i, "https://");
    if (/^(https:\/\/|mailto:)[^\s/]\S*$/i.test(text)) return text;
    if (/^[^\s@:/]+@[^\s@:/]+$/.test(text)) return `mailto:${text}`;
    return /^[^\s@:/]+\.[^\s@]+$/.test(text) ? `https://${text}` : "";
  };
  const link = () => {
    let typed = prompt("Address of the link", "https://");
    while (typed && !addressOf(typed)) typed = prompt("That is no address. Write one like example.com or name@example.com.", typed);
    if (!typed) return;
    const href = addressOf(typed);
    if (!getSelection().isCollapsed) return run("createLink", href);
    const made = Object.assign(document.createElement("a"), { href, textContent: href.replace(/^(https:\/\/|mailto:)/, "") });
    run("insertHTML", made.outerHTML);
  };
  const plain = () => { run("removeFormat"); run("unlink"); };
  // Whether it holds where the cursor stands; null for what is done once.
  const isPressed = (name) => {
    const [command, value] = name.split(":");
    if (command === "link" || command === "plain") return null;
    return value ? document.queryCommandValue(command).toLowerCase() === value : document.queryCommandState(command);
  };
  const press = (name) => {
    const [command, value] = name.split(":");
    if (command === "link") link();
    else if (command === "plain") plain();
    else run(command, value && isPressed(name) ? "p" : value);
  };
  const showPressed = (bar) => {
    for (const each of bar.children) {
      const pressed = isPressed(each.dataset.tool);
      if (pressed !== null) each.setAttribute("aria-pressed", pressed);
    }
  };
  on("selectionchange", () => {
    const editor = document.activeElement?.closest(".rich-text");
    if (editor) showPressed(editor.previousElementSibling);
  });
  // One stop of the Tab key for the whole bar; the arrows go on from there.
  const walk = (event) => {
    const buttons = [...event.currentTarget.children];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    for (const each of buttons) each.tabIndex = each === next ? 0 : -1;
    next.focus();
  };
  const button = ([name, words, sign], editor) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet small square", textContent: sign });
    made.setAttribute("aria-label", words);
    made.dataset.tool = name;
    made.title = words;
    // The selection stays in the editor.
    made.addEventListener("mousedown", (event) => event.preventDefault());
    made.addEventListener("click", () => {
      editor.focus();
      press(name);
      showPressed(made.parentElement);
    });
    made.tabIndex = name === tools[0][0] ? 0 : -1;
    return made;
  };

  // The field holds what is sent; the editor writes into it. What is pasted comes in as plain text.
  const enrich = (field) => {
    const editor = document.createElement("div");
    const bar = document.createElement("div");
    const label = field.form.querySelector(`label[for="${field.id}"]`);
    editor.className = "rich-text prose";
    editor.contentEditable = "true";
    editor.setAttribute("role", "textbox");
    editor.setAttribute("aria-multiline", "true");
    editor.setAttribute("aria-labelledby", label.id);
    editor.innerHTML = field.value || "<p><br></p>";
    bar.className = "rich-bar";
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", "Formatting");
    bar.addEventListener("keydown", walk);
    bar.append(...tools.map((tool) => button(tool, editor)));
    editor.addEventListener("focus", () => document.execCommand("defaultParagraphSeparator", false, "p"));
    editor.addEventListener("paste", (event) => {
      event.preventDefault();
      document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    });
    editor.addEventListener("drop", (event) => event.preventDefault());
    editor.addEventListener("input", (event) => {
      event.stopPropagation();
      field.value = editor.textContent.trim() ? editor.innerHTML : "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    label.addEventListener("click", () => editor.focus());
    field.hidden = true;
    field.before(bar, editor);
  };
  document.querySelectorAll("textarea[data-rich]").forEach(enrich);
})();
