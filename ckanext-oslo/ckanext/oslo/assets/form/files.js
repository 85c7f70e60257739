/* Files by drag and drop: uploaded at once, so that a mistake elsewhere in the form loses none of them; what the server
   reads from one is proposed, and taken over only when the steward says so. Services stand below them, by address. */
(function () {
  "use strict";

  const oslo = window.osloForm;
  const { element, fill, words } = oslo;
  const THIN = "\u00a0";
  const REST = "API (REST)";
  const NAMED = 3; // Municipalities that are proposed by name.

  function files(section) {
    const drop = section.querySelector("[data-oslo-drop]");
    const chooser = section.querySelector("[data-oslo-input]");
    const adder = section.querySelector("[data-oslo-add-service]");
    const blocks = (root) => [...root.querySelectorAll("[data-oslo-file]")].filter((one) => !one.closest("noscript"));
    let next = blocks(section).length;

    /* One more "file" or "service". */
    function add(kind = "file") {
      const list = section.querySelector(`[data-oslo-${kind}-list]`);
      const holder = document.createElement("div");
      holder.innerHTML = section
        .querySelector(`[data-oslo-${kind}-template]`)
        .innerHTML.replaceAll("FILE-INDEX", String(next))
        .replaceAll("FILE-LABEL", fill(words[kind], { number: blocks(list).length + 1 }));
      next += 1;
      const made = holder.querySelector("[data-oslo-file]");
      list.append(made);
      prepare(made);
      oslo.enhance(made);
      return made;
    }

    function prepare(block) {
      const upload = block.querySelector("[data-oslo-upload-field] input");
      upload?.addEventListener("change", () => {
        if (upload.files.length) send(block, upload.files[0]);
        upload.value = "";
      });
      const remove = block.querySelector("[data-oslo-remove]");
      remove.closest("label").hidden = true;
      const name = () => block.querySelector("[data-oslo-file-title]").textContent;
      const button = element("button", { type: "button", class: "btn btn-secondary btn-sm oslo-capital" }, fill(words.remove, { name: "" }).trim());
      button.append(oslo.hidden(" "), oslo.hidden(name()));
      button.addEventListener("click", () => {
        remove.checked = true;
        oslo.takeAway(block, name());
        // What says so is sent, though the rest is not.
        for (const input of block.querySelectorAll('[name$="__id"], [data-oslo-remove]')) input.disabled = false;
      });
      block.addEventListener("focusin", () => {
        remove.checked = false;
      });
      block.append(element("p", {}, button));
      if (block.hasAttribute("data-oslo-service")) service(block);
      else settle(block);
    }

    /* What kind of service it is often stands in its address; nobody's choice is changed. */
    function service(block) {
      const endpoint = block.querySelector("[data-oslo-endpoint]");
      const kind = block.querySelector("[data-oslo-kind]");
      endpoint.addEventListener("change", () => {
        const said = /\b(WMS|WFS|WCS|WMTS|SOS)\b/i.exec(endpoint.value.replaceAll("_", " "));
        const known = [...kind.options].find((option) => option.value && option.value === (said ? said[1].toUpperCase() : REST));
        if (kind.value || !endpoint.value.trim() || !known) return;
        kind.value = known.value;
        oslo.changed(kind);
      });
    }

    /* An uploaded file needs no address, a link no upload. */
    function settle(block) {
      const kept = block.querySelector("[data-oslo-kept]").value;
      block.querySelector("[data-oslo-address-field]").hidden = Boolean(kept);
    }

    function send(block, file) {
      const said = block.querySelector("[data-oslo-file-said]");
      const most = Number(section.dataset.osloMost);
      block.querySelector("[data-oslo-file-title]").textContent = file.name;
      block.querySelector("[data-oslo-file-title]").classList.remove("muted");
      block.querySelector("[data-oslo-file-name]").textContent = file.name;
      const data = new FormData();
      data.append("file", file);
      const token = oslo.form.querySelector(`[name="${oslo.form.dataset.osloCsrf}"]`);
      if (token) data.append(token.name, token.value);
      const request = new XMLHttpRequest();
      request.open("POST", section.dataset.osloKeep);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        said.textContent = fill(words.uploading, { name: file.name, percent: Math.round((100 * event.loaded) / event.total) });
      });
      request.addEventListener("loadend", () => {
        section.removeAttribute("aria-busy");
        let answer = {};
        try {
          answer = JSON.parse(request.responseText);
        } catch (error) {
          answer = {};
        }
        if (request.status !== 200) {
          said.textContent = answer.error || words.refused;
          said.classList.add("invalid-feedback");
          oslo.say(said.textContent);
          return;
        }
        said.classList.remove("invalid-feedback");
        block.querySelector("[data-oslo-kept]").value = answer.token;
        block.querySelector("[data-oslo-kept-name]").value = answer.name;
        said.textContent = [fill(words.uploaded, { name: answer.name }), summary(answer.found)].filter(Boolean).join(" ");
        settle(block);
        propose(block, answer.found);
        oslo.changed(block.querySelector("[data-oslo-kept]"));
        oslo.say(said.textContent);
      });
      if (file.size > most * 1000000) {
        said.textContent = words.refused;
      } else {
        section.setAttribute("aria-busy", "true");
        request.send(data);
      }
    }

    function summary(found) {
      const parts = [];
      if (found.rows !== undefined && found.columns) parts.push(fill(words.rows_columns, { rows: found.rows, columns: found.columns.length }));
      else if (found.features !== undefined) parts.push(fill(words.features, { features: found.features }));
      else if (found.columns) parts.push(fill(words.columns, { columns: found.columns.length }));
      if (found.encoding) parts.push(found.encoding);
      parts.push(size(found.size));
      if (found.trouble) parts.push(found.trouble);
      return parts.join(", ");
    }

    for (const block of blocks(section)) prepare(block);
    drop.hidden = false;
    adder.hidden = false;
    adder.addEventListener("click", () => add("service").querySelector("[data-oslo-endpoint]").focus());
    section.querySelector("[data-oslo-choose]").addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      for (const file of chooser.files) send(add(), file);
      chooser.value = "";
    });
    section.querySelector("[data-oslo-link]").addEventListener("click", () => {
      const block = add();
      block.querySelector("[data-oslo-upload-field]").hidden = true;
      block.querySelector("[data-oslo-address-field] input").focus();
    });
    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      for (const file of event.dataTransfer.files) send(add(), file);
    });
  }

  function size(bytes) {
    const units = ["B", "kB", "MB", "GB"];
    let number = bytes;
    let unit = 0;
    while (number >= 1000 && unit < units.length - 1) {
      number /= 1000;
      unit += 1;
    }
    return number.toLocaleString(oslo.reader, { maximumFractionDigits: unit ? 1 : 0 }) + THIN + units[unit];
  }

  /* What was read, line by line, each with a button. What the form says already is proposed only if it differs. */
  async function propose(block, found) {
    const place = block.querySelector("[data-oslo-proposals]");
    const input = (name) => block.querySelector(`[name$="__${name}"]:not([type="hidden"])`);
    const format = block.querySelector("[data-oslo-file-format]");
    const lines = [];
    if (found.format && input("format") && input("format").value !== found.format) {
      lines.push([fill(words.format, { value: found.format }), () => {
        put(input("format"), found.format);
        format.textContent = found.format;
        format.hidden = false;
      }]);
    }
    const language = found.language && languageBox(block, found.language);
    if (language && !language.checked) {
      lines.push([fill(words.language, { value: words[found.language] }), () => {
        language.checked = true;
        oslo.changed(language);
      }]);
    }
    if (found.columns && found.columns.length) {
      const text = fill(words.columns_text, { value: found.columns.join(", ") });
      const description = block.querySelector(`textarea[name$="__description_translated-${oslo.reader}"]`);
      if (description && !description.value.includes(found.columns.join(", "))) {
        lines.push([text, () => put(description, description.value ? `${description.value}\n\n${text}` : text)]);
      }
    }
    if (found.period) {
      const periods = document.querySelector('[data-oslo-repeating="temporal_coverage"]');
      const [start, end] = found.period;
      lines.push([fill(words.period, { start: day(start), end: day(end) }), () => {
        const target = periods.osloBlank();
        put(target.querySelector('[name$="-start"]'), day(start));
        put(target.querySelector('[name$="-end"]'), day(end));
      }]);
    }
    lines.push(...(await coverage(found)));
    place.replaceChildren();
    place.hidden = !lines.length;
    if (!lines.length) return;
    const rows = lines.map(([text, take]) => {
      const accept = element("button", { type: "button", class: "btn btn-secondary btn-sm" }, words.accept, oslo.hidden(`: ${text}`));
      const row = element("li", {}, element("span", {}, text), accept);
      accept.addEventListener("click", () => {
        take();
        const after = row.nextElementSibling || row.previousElementSibling;
        row.remove();
        if (after) after.querySelector("button").focus();
        else {
          place.hidden = true;
          block.focus();
        }
        oslo.say(fill(words.taken, { name: text }));
      });
      return row;
    });
    place.append(element("p", { class: "form-label" }, words.proposals), element("ul", {}, ...rows));
  }

  /* Where the data lies: the municipalities that hold every place in the file, where they are few, else the box around. */
  async function coverage(found) {
    const places = document.querySelector('[data-oslo-repeating="spatial_coverage"]');
    if (!found.box || !places || !places.osloBlank) return [];
    const keys = found.spots && places.osloKnown ? oslo.placesOf(found.spots) : [];
    if (keys.length && keys.length <= NAMED) {
      const known = await Promise.all(keys.map((key) => places.osloKnown(key))).catch(() => []);
      if (known.length) return known.map((one) => [fill(words.place, { value: one.name }), one.put]);
    }
    const [west, south, east, north] = found.box;
    const drawn = () => put(places.osloBlank().querySelector('textarea[name$="-geom"]'), found.box.join(", "));
    return [[fill(words.box, { west, south, east, north }), drawn]];
  }

  /* A day as people here write it: 2026-06-01 is 01/06/2026; a year stays one. */
  function day(text) {
    return text.split("-").reverse().join("/");
  }

  function languageBox(block, language) {
    const codes = { nl: "NLD", fr: "FRA", en: "ENG" };
    return block.querySelector(`input[type="checkbox"][name$="__language"][value$="/${codes[language]}"]`);
  }

  /* Take a value over, where everybody sees it. */
  function put(input, value) {
    input.value = value;
    for (let fold = input.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    oslo.changed(input);
  }

  oslo.part((root) => oslo.all(root, "[data-oslo-files]").forEach(files));
})();
