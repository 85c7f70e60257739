/* Groups of fields that repeat: add, remove, take the removal back. And groups that the portal can fill: municipalities
   with their outline, publishers it knows. */
(function () {
  "use strict";

  const oslo = window.osloForm;

  function repeating(group) {
    const list = group.querySelector("[data-oslo-repetitions]");
    const template = group.querySelector("[data-oslo-template]");
    const single = group.hasAttribute("data-oslo-single");
    const name = group.dataset.osloName;
    const all = () => [...list.querySelectorAll("[data-oslo-repetition]")].filter((one) => !one.closest("noscript"));
    let next = all().length;

    function add() {
      const holder = document.createElement("div");
      holder.innerHTML = template.innerHTML
        .replaceAll("REPEATING-INDEX0", String(next))
        .replaceAll("REPEATING-INDEX1", String(next + 1));
      next += 1;
      const made = holder.querySelector("[data-oslo-repetition]");
      list.append(made);
      if (!single) button(made);
      oslo.enhance(made);
      return made;
    }

    function button(repetition) {
      const label = repetition.getAttribute("aria-label");
      const remove = oslo.element("button", { type: "button", class: "btn btn-link btn-sm" }, oslo.fill(oslo.words.remove, { name: label }));
      remove.addEventListener("click", () => oslo.takeAway(repetition, label, () => all().filter((one) => !one.hidden)));
      repetition.querySelector(".oslo-repetition-head").append(remove);
    }

    /* The first repetition in which nothing is filled in, or a new one. */
    function blank() {
      const free = all().find((one) => !one.hidden && inputs(one).every((input) => !input.value.trim()));
      return free || (single ? all()[0] : add());
    }

    if (!single) {
      all().forEach(button);
      const adder = group.querySelector("[data-oslo-add]");
      adder.hidden = false;
      adder.addEventListener("click", () => {
        const made = add();
        made.querySelector("input, textarea, select").focus();
      });
    }
    group.osloBlank = blank;
    if (group.dataset.osloLookup) lookup(group, JSON.parse(group.dataset.osloLookup), name, blank);
  }

  const inputs = (root) => [...root.querySelectorAll("input[name], textarea[name], select[name]")];

  /* Take a part of the form away: it is not sent, and a button brings it back. */
  oslo.takeAway = function (part, label, remaining) {
    const undo = oslo.element("button", { type: "button", class: "btn btn-link btn-sm" }, oslo.words.undo);
    const said = oslo.element("p", { class: "oslo-removed" }, `${oslo.fill(oslo.words.removed, { name: label })} `, undo);
    part.hidden = true;
    const silenced = inputs(part).filter((input) => !input.disabled);
    silenced.forEach((input) => {
      input.disabled = true;
    });
    part.before(said);
    undo.addEventListener("click", () => {
      silenced.forEach((input) => {
        input.disabled = false;
      });
      part.hidden = false;
      said.remove();
      oslo.changed(silenced[0]);
      (part.querySelector("input:not([type=hidden]), textarea, select, button") || part).focus();
    });
    oslo.changed(silenced[0] || oslo.form);
    undo.focus();
    oslo.say(oslo.fill(oslo.words.removed, { name: label }));
    return remaining;
  };

  async function ask(address, values) {
    const url = new URL(address, location.href);
    for (const [key, value] of Object.entries(values)) url.searchParams.set(key, value);
    const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).result;
  }

  function lookup(group, how, name, blank) {
    const here = group.querySelector("[data-oslo-lookup-here]");
    const input = oslo.element("input", { type: "text", class: "form-control", id: oslo.id("lookup"), placeholder: oslo.words.type });
    const label = oslo.element("label", { class: "form-label", for: input.id }, here.dataset.osloLabel);
    const box = oslo.element("div", {}, input);
    here.classList.add("field");
    here.append(label, box);
    oslo.combobox({
      input,
      box,
      async find(typed) {
        const found = await ask(how.list, { q: typed });
        return found.map((record) => ({ record, label: oslo.text(record[how.name]), note: oslo.text(record[how.note]) }));
      },
      async choose(option) {
        input.value = "";
        const record = how.show ? await ask(how.show, { id: option.record[how.key] }).catch(() => option.record) : option.record;
        put(record, blank());
        input.focus();
      },
    });

    function put(record, place) {
      for (const [subfield, from] of Object.entries(how.fill)) {
        const target = inputs(place).find((each) => each.name.endsWith(`-${subfield}`));
        if (!target) continue;
        target.value = oslo.text(record[from]);
        oslo.changed(target);
      }
      oslo.say(oslo.fill(oslo.words.chosen, { name: oslo.text(record[how.name]) }));
    }

    if (!how.show) return;
    /* What is known of a record by its key, and what puts it into the first blank repetition: for other parts of the form. */
    group.osloKnown = async (key) => {
      const record = await ask(how.show, { id: key });
      return { name: oslo.text(record[how.name]), put: () => put(record, blank()) };
    };
    group.addEventListener("oslo:place", async (event) => {
      const place = event.target.closest("[data-oslo-repetition]");
      const record = await ask(how.show, { id: event.detail }).catch(() => null);
      if (record) put(record, place);
      else oslo.say(oslo.words.failed);
    });
  }

  /* A period whose end lies before its beginning says so at once, in the words of the server. */
  function periods(root) {
    for (const end of oslo.all(root, '[data-oslo-day][name$="-end"]')) {
      const start = document.getElementsByName(end.name.replace(/-end$/, "-start"))[0];
      if (!start) continue;
      const said = oslo.element("p", { class: "invalid-feedback", id: oslo.id("period"), hidden: true }, oslo.words.period_wrong);
      end.after(said);
      const check = () => {
        const [from, until] = [day(start.value), day(end.value)];
        const wrong = Boolean(from && until && until < from);
        said.hidden = !wrong;
        if (wrong) end.setAttribute("aria-describedby", said.id);
        end.toggleAttribute("aria-invalid", wrong);
        if (wrong) end.setAttribute("aria-invalid", "true");
      };
      start.addEventListener("change", check);
      end.addEventListener("change", check);
    }
  }

  function day(text) {
    const found = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$/.exec(text);
    if (found) return `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}`;
    return /^\s*\d{4}-\d{2}-\d{2}/.test(text) ? text.trim().slice(0, 10) : "";
  }

  oslo.part((root) => {
    oslo.all(root, "[data-oslo-repeating]").forEach(repeating);
    periods(root);
  });
})();
