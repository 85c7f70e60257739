/* What the parts of the form share. Each part registers a function that takes an element and enhances what is in it;
   without script every input works as it is. */
(function () {
  "use strict";

  const parts = [];
  const form = document.querySelector("[data-oslo-form]");
  let number = 0;

  const oslo = (window.osloForm = {
    form,
    words: form ? JSON.parse(form.dataset.osloWords) : {},
    reader: ((form && form.dataset.osloReader) || "en").split("_")[0],

    part(enhance) {
      parts.push(enhance);
    },

    /* Enhance an element that is new on the page. */
    enhance(root) {
      parts.forEach((enhance) => enhance(root));
    },

    all(root, selector) {
      return [...(root.matches && root.matches(selector) ? [root] : []), ...root.querySelectorAll(selector)];
    },

    fill(template, values) {
      return String(template).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
    },

    element(tag, attributes, ...children) {
      const made = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes || {})) {
        if (name in made && typeof value !== "string") made[name] = value;
        else if (value !== null && value !== undefined) made.setAttribute(name, value);
      }
      made.append(...children.filter((child) => child !== null && child !== undefined));
      return made;
    },

    id(stem) {
      number += 1;
      return `oslo-${stem}-${number}`;
    },

    hidden(words) {
      return oslo.element("span", { class: "visually-hidden" }, words);
    },

    /* Say something to whoever cannot see it happen. */
    say(words) {
      voice.textContent = "";
      window.setTimeout(() => {
        voice.textContent = words;
      }, 50);
    },

    changed(input) {
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },

    /* Lead to an element, out of folds and from behind tabs. */
    reveal(target) {
      for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      target.closest(".tabpanel")?.dispatchEvent(new Event("portal:reveal"));
      target.scrollIntoView({ block: "center" });
      target.focus({ preventScroll: true });
    },

    /* A text in several languages, in the reader's or another. */
    text(value) {
      if (value === null || value === undefined) return "";
      if (Array.isArray(value)) return oslo.text(value[0]);
      if (typeof value !== "object") return String(value);
      if (value.type && value.coordinates) return JSON.stringify(value);
      return String(value[oslo.reader] || value.nl || value.fr || value.en || "");
    },
  });

  const voice = oslo.element("p", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  if (form) form.append(voice);
})();
