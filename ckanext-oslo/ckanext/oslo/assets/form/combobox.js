/* A list that is searched while typing: an editable combobox with a listbox popup, as the WAI-ARIA Authoring Practices
   have it. The keyboard alone is enough: arrows, Enter, Escape; focus never leaves the input. */
(function () {
  "use strict";

  const oslo = window.osloForm;
  const MOST = 60;
  const PAUSE = 200;

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

  /* Give a function that finds options by their words: those that begin so first. */
  oslo.finder = function (options) {
    const known = options.map((option) => ({ option, words: fold(`${option.label} ${option.group || ""}`) }));
    return (typed) => {
      const wanted = fold(typed).split(/\s+/).filter(Boolean);
      if (!wanted.length) return options;
      const found = known.filter((one) => wanted.every((word) => one.words.includes(word)));
      found.sort((a, b) => Number(b.words.startsWith(wanted[0])) - Number(a.words.startsWith(wanted[0])));
      return found.map((one) => one.option);
    };
  };

  /* Make `input` a combobox. `find(typed)` gives options {label, note, group, …}, or a promise of them; `choose(option)`
     takes one. Gives an object with `close`. */
  oslo.combobox = function ({ input, box, find, choose }) {
    const words = oslo.words;
    const list = oslo.element("ul", { class: "oslo-options", role: "listbox", id: oslo.id("options"), hidden: true });
    list.setAttribute("aria-label", words.choices);
    let options = [];
    let active = -1;
    let asked = 0;
    let timer = null;

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("autocomplete", "off");
    input.setAttribute("spellcheck", "false");
    box.classList.add("oslo-combobox");
    box.append(list);

    const isOpen = () => !list.hidden;

    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      active = -1;
      asked += 1;
      window.clearTimeout(timer);
    }

    function show(found) {
      options = found.slice(0, MOST);
      active = -1;
      input.removeAttribute("aria-activedescendant");
      list.replaceChildren();
      let group = "";
      options.forEach((option, place) => {
        if (option.group && option.group !== group) {
          group = option.group;
          list.append(oslo.element("li", { class: "oslo-group", role: "presentation" }, group));
        }
        const item = oslo.element("li", { role: "option", id: `${list.id}-${place}`, "aria-selected": "false" }, option.label);
        if (option.note) item.append(" ", oslo.element("span", { class: "note" }, option.note));
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => take(place));
        list.append(item);
      });
      if (!options.length) list.append(oslo.element("li", { class: "oslo-group", role: "presentation" }, words.nothing));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      oslo.say(options.length ? oslo.fill(words.results, { count: options.length }) : words.nothing);
    }

    async function open() {
      const turn = (asked += 1);
      try {
        const found = await find(input.value);
        if (turn === asked && document.activeElement === input) show(found);
      } catch (error) {
        if (turn === asked) {
          show([]);
          list.firstChild.textContent = words.failed;
          oslo.say(words.failed);
        }
      }
    }

    function move(place) {
      if (!options.length) return;
      list.querySelectorAll('[aria-selected="true"]').forEach((item) => item.setAttribute("aria-selected", "false"));
      active = (place + options.length) % options.length;
      const item = document.getElementById(`${list.id}-${active}`);
      item.setAttribute("aria-selected", "true");
      item.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", item.id);
    }

    function take(place) {
      const option = options[place];
      close();
      choose(option);
    }

    input.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(open, PAUSE);
    });
    input.addEventListener("click", () => {
      if (!isOpen()) open();
    });
    input.addEventListener("blur", () => window.setTimeout(close, 0));
    input.addEventListener("keydown", async (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const down = event.key === "ArrowDown";
        if (!isOpen()) {
          await open();
          if (!event.altKey) move(down ? 0 : -1);
        } else move(active < 0 ? (down ? 0 : -1) : active + (down ? 1 : -1));
      } else if (event.key === "Enter") {
        if (isOpen() && active >= 0) {
          event.preventDefault();
          take(active);
        } else if (isOpen() && options.length === 1) {
          event.preventDefault();
          take(0);
        } else event.preventDefault(); // Enter in a search is not the end of the form.
      } else if (event.key === "Escape" && isOpen()) {
        event.preventDefault();
        event.stopPropagation();
        close();
      }
    });
    return { close };
  };

  /* What is chosen, as buttons that take it away. */
  oslo.chip = function (label, remove) {
    const button = oslo.element("button", { type: "button", class: "chip" }, `${label} `);
    button.append(oslo.element("span", { class: "cross", "aria-hidden": "true" }, "×"));
    button.setAttribute("aria-label", oslo.fill(oslo.words.remove, { name: label }));
    button.addEventListener("click", () => remove(true));
    button.addEventListener("keydown", (event) => {
      const beside = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" }[event.key];
      if (beside) {
        const next = button[beside];
        (next && next.matches(".chip") ? next : button.parentElement.querySelector("input")).focus();
        event.preventDefault();
      } else if (event.key === "Backspace" || event.key === "Delete") {
        event.preventDefault();
        remove(true);
      }
    });
    return button;
  };

  /* Backspace at the start of an input goes to the last chip before it. */
  oslo.toChips = function (input) {
    input.addEventListener("keydown", (event) => {
      if ((event.key !== "Backspace" && event.key !== "ArrowLeft") || input.selectionStart || input.selectionEnd) return;
      const last = [...input.closest(".tokens").querySelectorAll(".chip")].pop();
      if (last) {
        event.preventDefault();
        last.focus();
      }
    });
  };
})();
