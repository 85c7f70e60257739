/* Long lists are searched while typing; several values and keywords are chips. The select, the boxes or the input that
   the server sent stay where they are and keep the value. */
(function () {
  "use strict";

  const oslo = window.osloForm;

  function one(select) {
    const options = [...select.options]
      .filter((option) => option.value)
      .map((option) => ({ option, label: option.text, group: option.closest("optgroup")?.label || "" }));
    const input = oslo.element("input", { type: "text", class: "form-control", id: select.id, placeholder: oslo.words.type });
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    const box = oslo.element("div", {}, input);
    select.id = `${select.id}-value`;
    stepAside(select, input);
    select.before(box);
    const shown = () => select.selectedOptions[0]?.text || "";
    const find = oslo.finder(options);
    oslo.combobox({
      input,
      box,
      // Opened on what is chosen already, the list shows all there is.
      find: (typed) => find(typed === shown() ? "" : typed),
      choose(found) {
        select.value = found.option.value;
        input.value = shown();
        oslo.changed(select);
        oslo.say(oslo.fill(oslo.words.chosen, { name: found.label }));
      },
    });
    input.value = shown();
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => {
      if (!input.value.trim() && select.value) {
        select.value = "";
        oslo.changed(select);
      }
      input.value = shown();
    });
    select.addEventListener("change", () => {
      input.value = shown();
    });
  }

  function several(field) {
    const label = document.getElementById(`${field.id}-label`);
    const choices = field.querySelector("[data-oslo-choices]");
    const boxes = [...choices.querySelectorAll('input[type="checkbox"]')];
    const groups = new Map();
    let group = "";
    for (const node of choices.querySelectorAll("p, input")) {
      if (node.tagName === "P") group = node.textContent.trim();
      else groups.set(node, group);
    }
    const options = boxes.map((box) => ({ box, label: box.parentElement.textContent.trim(), group: groups.get(box) }));
    const input = oslo.element("input", { type: "text", id: oslo.id("picker"), placeholder: oslo.words.type });
    input.setAttribute("aria-labelledby", label.id);
    if (field.hasAttribute("aria-describedby")) input.setAttribute("aria-describedby", field.getAttribute("aria-describedby"));
    const tokens = oslo.element("div", { class: "tokens" }, input);
    const outer = oslo.element("div", {}, tokens);
    choices.before(outer);
    choices.hidden = true;
    field.addEventListener("focus", () => input.focus());

    function render() {
      tokens.querySelectorAll(".chip").forEach((chip) => chip.remove());
      for (const option of options.filter((each) => each.box.checked)) {
        input.before(oslo.chip(option.label, () => set(option, false)));
      }
      input.placeholder = boxes.some((box) => box.checked) ? "" : oslo.words.type;
    }

    function set(option, on) {
      option.box.checked = on;
      oslo.changed(option.box);
      render();
      input.focus();
      oslo.say(oslo.fill(on ? oslo.words.chosen : oslo.words.removed, { name: option.label }));
    }

    const find = oslo.finder(options);
    oslo.combobox({
      input,
      box: outer,
      find: (typed) => find(typed).filter((option) => !option.box.checked),
      choose(option) {
        input.value = "";
        set(option, true);
      },
    });
    input.addEventListener("blur", () => {
      input.value = "";
    });
    field.addEventListener("change", (event) => {
      if (event.target.matches('input[type="checkbox"]')) render();
    });
    oslo.toChips(input);
    render();
  }

  function keywords(value) {
    const input = oslo.element("input", { type: "text", id: value.id, lang: value.lang });
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (value.hasAttribute(name)) input.setAttribute(name, value.getAttribute(name));
    }
    value.id = `${value.id}-value`;
    const tokens = oslo.element("div", { class: "tokens" }, input);
    value.before(tokens);
    value.type = "hidden";

    const said = () => value.value.split(/[,;\n]/).map((word) => word.trim()).filter(Boolean);

    function keep(words) {
      value.value = [...new Map(words.map((word) => [word.toLowerCase(), word])).values()].join(", ");
      oslo.changed(value);
      render();
    }

    function render() {
      tokens.querySelectorAll(".chip").forEach((chip) => chip.remove());
      for (const word of said()) {
        input.before(
          oslo.chip(word, () => {
            keep(said().filter((other) => other !== word));
            input.focus();
            oslo.say(oslo.fill(oslo.words.removed, { name: word }));
          })
        );
      }
    }

    function take() {
      if (!input.value.trim()) return;
      const words = input.value.split(/[,;\n]/).map((word) => word.trim()).filter(Boolean);
      input.value = "";
      keep([...said(), ...words]);
    }

    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== ",") return;
      event.preventDefault();
      take();
    });
    input.addEventListener("input", () => {
      if (/[,;\n]/.test(input.value)) take();
    });
    input.addEventListener("blur", take);
    input.form?.addEventListener("submit", take, { capture: true });
    oslo.toChips(input);
    render();
  }

  /* The select keeps its value out of sight; who is led to it arrives at the search. */
  function stepAside(select, input) {
    select.classList.add("visually-hidden");
    select.setAttribute("aria-hidden", "true");
    select.tabIndex = -1;
    select.addEventListener("focus", () => input.focus());
  }

  oslo.part((root) => {
    oslo.all(root, 'select[data-oslo-picker="one"]').forEach(one);
    oslo.all(root, '[data-oslo-picker="several"]').forEach(several);
    oslo.all(root, "input[data-oslo-keywords]").forEach(keywords);
  });
})();
