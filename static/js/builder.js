/* The builder of a review: a small editor on top of each text field, and what happens when two people write.
   Without it the field takes the same text as HTML or plain lines, and a button saves it. */
(() => {
  "use strict";
  const on = (name, listener) => document.addEventListener(name, listener);
  const dirty = new Set();

  // Two people wrote: the answer is 409 and belongs into the page like any other.
  on("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status !== 409) return;
    detail.shouldSwap = true;
    detail.isError = false;
  });

  // What is not saved yet is not left behind unasked.
  on("htmx:afterRequest", ({ detail }) => {
    if (detail.elt.matches?.(".text-form") && detail.xhr?.status === 200) dirty.delete(detail.elt.id);
  });
  on("input", ({ target }) => {
    const form = target.closest?.(".text-form");
    if (form) dirty.add(form.id);
  });
  on("submit", ({ target }) => dirty.delete(target.id));
  addEventListener("beforeunload", (event) => { if (dirty.size) event.preventDefault(); });

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
    ["removeFormat", "Plain", "×"],
  ];
  const link = () => {
    const address = prompt("Address of the link (https:// or mailto:)", "https://");
    if (address && /^(https:\/\/|mailto:)/.test(address)) document.execCommand("createLink", false, address);
  };
  const press = (name) => {
    const [command, value] = name.split(":");
    command === "link" ? link() : document.execCommand(command, false, value);
  };
  const button = ([name, words, sign], editor) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet small square", textContent: sign });
    made.setAttribute("aria-label", words);
    made.title = words;
    // The selection stays in the editor.
    made.addEventListener("mousedown", (event) => event.preventDefault());
    made.addEventListener("click", () => { editor.focus(); press(name); });
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
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Formatting");
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
