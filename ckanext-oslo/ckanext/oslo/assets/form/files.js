/* Files by drag and drop: uploaded at once, so that a mistake elsewhere in the form loses none of them; what the server
   reads from one is proposed, and taken over only when the steward says so. */
(function () {
  "use strict";

  const oslo = window.osloForm;
  const { element, fill, words } = oslo;
  const THIN = "\u00a0";

  function files(section) {
    const list = section.querySelector("[data-oslo-file-list]");
    const template = section.querySelector("[data-oslo-file-template]");
    const drop = section.querySelector("[data-oslo-drop]");
    const chooser = section.querySelector("[data-oslo-input]");
    const blocks = () => [...list.querySelectorAll("[data-oslo-file]")].filter((one) => !one.closest("noscript"));
    let next = blocks().length;

    function add() {
      const holder = document.createElement("div");
      holder.innerHTML = template.innerHTML
        .replaceAll("FILE-INDEX", String(next))
        .replaceAll("FILE-LABEL", fill(words.file, { number: next + 1 }));
      next += 1;
      const made = holder.querySelector("[data-oslo-file]");
      list.append(made);
      prepare(made);
      oslo.enhance(made);
      return made;
    }

    function prepare(block) {
      const upload = block.querySelector("[data-oslo-upload-field] input");
      upload.addEventListener("change", () => {
        if (upload.files.length) send(block, upload.files[0]);
        upload.value = "";
      });
      const remove = block.querySelector("[data-oslo-remove]");
      remove.closest("label").hidden = true;
      const name = () => block.querySelector("[data-oslo-file-title]").textContent;
      const button = element("button", { type: "button", class: "btn btn-secondary btn-sm" }, fill(words.remove, { name: "" }).trim());
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
      settle(block);
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
      const token = oslo.form.querySelector('[name="_csrf_token"]');
      if (token) data.append("_csrf_token", token.value);
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

    for (const block of blocks()) prepare(block);
    drop.hidden = false;
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
  function propose(block, found) {
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
    const places = document.querySelector('[data-oslo-repeating="spatial_coverage"]');
    if (found.box && places && places.osloBlank) {
      const value = found.box.join(", ");
      lines.push([fill(words.box, { value }), () => {
        const target = places.osloBlank().querySelector('textarea[name$="-geom"]');
        put(target, value);
      }]);
    }
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

  function languageBox(block, language) {
    const codes = { nl: "NLD", fr: "FRA", en: "ENG" };
    return block.querySelector(`input[type="checkbox"][name$="__language"][value$="/${codes[language]}"]`);
  }

  function put(input, value) {
    input.value = value;
    oslo.changed(input);
  }

  oslo.part((root) => oslo.all(root, "[data-oslo-files]").forEach(files));
})();
