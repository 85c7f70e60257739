// Suggestions under the question "What are you looking for?": a combobox with a list, as WAI-ARIA describes it.
// Without this file the field is an ordinary one.
(() => {
  const WAIT = 120; // milliseconds after the last key
  let number = 0;

  function suggest(form) {
    const field = form.querySelector("#q");
    if (!field || form.dataset.suggestReady) return;
    form.dataset.suggestReady = "yes";
    const { suggest: address, suggestLang: lang, suggestPage: page } = form.dataset;
    const [datasets, places, themes, publishers, name] = form.dataset.suggestWords.split("|");
    const list = document.createElement("ul");
    list.id = `suggestions-${++number}`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", name);
    list.hidden = true;
    field.after(list);
    for (const [attribute, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) field.setAttribute(attribute, value);

    let timer;
    let asked = 0;
    const options = () => [...list.querySelectorAll('[role="option"]')];
    const current = () => list.querySelector('[aria-selected="true"]');

    function close() {
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }

    function choose(option) {
      for (const other of options()) other.setAttribute("aria-selected", String(other === option));
      if (option) {
        field.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else field.removeAttribute("aria-activedescendant");
    }

    const query = (parts) => `${page}?${new URLSearchParams(parts)}`;

    function group(title, entries) {
      if (!entries.length) return;
      const head = document.createElement("li");
      head.className = "suggestions-head";
      head.setAttribute("role", "presentation");
      head.textContent = title;
      list.append(head);
      for (const [label, url] of entries) {
        const option = document.createElement("li");
        option.id = `${list.id}-${list.children.length}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = url;
        option.textContent = label;
        list.append(option);
      }
    }

    function show(found) {
      list.replaceChildren();
      group(places, found.places.map((one) => [one.name, query({ q: one.name })]));
      group(themes, found.themes.map((one) => [one.name, query({ [one.field]: one.uri })]));
      group(datasets, found.datasets.map((one) => [one.title, query({ q: one.title })]));
      group(publishers, found.publishers.map((one) => [one.name, query({ publisher_name: one.name })]));
      list.hidden = !list.children.length;
      field.setAttribute("aria-expanded", String(!list.hidden));
    }

    async function ask() {
      const mine = ++asked;
      const text = field.value.trim();
      if (text.length < 2) return close();
      try {
        const answer = await fetch(`${address}?${new URLSearchParams({ q: text, lang, limit: 4 })}`);
        const body = await answer.json();
        if (mine === asked && body.success && document.activeElement === field) show(body.result);
      } catch {
        close(); // no suggestions: the field works all the same
      }
    }

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    field.addEventListener("blur", () => setTimeout(close, 150));
    field.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const all = options();
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        const place = all.indexOf(current());
        choose(all[(place + step + all.length + (place < 0 && step < 0 ? 1 : 0)) % all.length]);
      } else if (event.key === "Escape") {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && current()) {
        event.preventDefault();
        location.assign(current().dataset.url);
      }
    });
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) location.assign(option.dataset.url);
    });
  }

  const ready = () => document.querySelectorAll("form[data-suggest]").forEach(suggest);
  ready();
  document.body.addEventListener("htmx:oobAfterSwap", ready);
  document.body.addEventListener("htmx:afterSwap", ready);
})();
