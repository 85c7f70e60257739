/* What the profile still wants, while somebody fills in a form: asked after a pause, shown in the panel and beside the
   fields. Without this script the panel shows what was saved. The form is the one that the panel names in
   data-oslo-form, or the first of the page's content that has fields. */
(function () {
  "use strict";

  const PAUSE = 700;
  const LISTED = 8;

  function start(panel) {
    const form = document.querySelector(panel.dataset.osloForm) || panel.closest("form");
    if (!form) return;
    const words = JSON.parse(panel.dataset.osloWords);
    const chosen = panel.querySelector("[data-oslo-profile]");
    let timer = null;
    let asking = null;

    function later() {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, PAUSE);
    }

    async function ask() {
      if (asking) asking.abort();
      asking = new AbortController();
      panel.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(panel.dataset.osloCheck, {
          method: "POST",
          body: filledIn(form, panel, chosen),
          headers: { Accept: "application/json" },
          credentials: "same-origin",
          signal: asking.signal,
        });
        if (answer.ok) show(await answer.json());
      } catch (error) {
        if (error.name === "AbortError") return; // A newer question is under way.
      }
      panel.removeAttribute("aria-busy");
    }

    function show(found) {
      text(panel, "[data-oslo-percent]", found.score.percent);
      text(panel, "[data-oslo-points]", fill(words.points, { points: found.score.points, of: found.score.of }));
      text(panel, "[data-oslo-rating]", found.score.rating_text);
      const bar = panel.querySelector("[data-oslo-bar]");
      if (bar) bar.style.setProperty("--v", found.score.percent);
      list(panel.querySelector("[data-oslo-steps]"), found.score.next_steps, function (item, step) {
        const gain = document.createElement("span");
        gain.className = "gain";
        gain.textContent = fill(words.gain, { points: step.points });
        item.append(gain, led(form, step.input, step.text));
      });
      const pressing = found.findings.filter(isPressing);
      list(panel.querySelector("[data-oslo-findings]"), pressing.slice(0, LISTED), function (item, finding) {
        const said = document.createElement("p");
        said.className = "oslo-said";
        said.dataset.severity = finding.severity;
        said.append(spoken(words[finding.severity]), led(form, finding.input, finding.text));
        item.append(said);
      });
      const left = pressing.length - LISTED;
      text(panel, "[data-oslo-more]", left > 0 ? fill(words.more, { count: left }) : "");
      text(panel, "[data-oslo-pressing]", pressing.length ? "" : words.nothing);
      beside(form, pressing, words);
      text(form, "[data-oslo-percent-short]", found.score.percent);
      text(form, "[data-oslo-errors]", found.counts.error ? fill(words.errors, { count: found.counts.error }) : "");
    }

    for (const said of panel.querySelectorAll("[data-oslo-to]")) said.replaceWith(led(form, said.dataset.osloTo, said.textContent));
    text(form, "[data-oslo-percent-short]", panel.querySelector("[data-oslo-percent]").textContent);
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    if (chosen) chosen.addEventListener("change", ask);
    if (panel.hasAttribute("data-oslo-at-once")) ask();
  }

  function isPressing(finding) {
    return finding.severity !== "hint";
  }

  /* The form's inputs but files: what is in them is read when they are uploaded. */
  function filledIn(form, panel, chosen) {
    const data = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !name.includes("REPEATING-INDEX")) data.append(name, value);
    }
    data.set("_oslo_dataset", panel.dataset.osloDataset || "");
    data.set("_oslo_type", panel.dataset.osloType || "");
    if (panel.hasAttribute("data-oslo-file")) data.set("_oslo_file", panel.dataset.osloFile);
    if (chosen) data.set("_oslo_profile", chosen.value);
    return data;
  }

  /* Messages stand once below the field they are about, and the field names them for assistive technology. */
  function beside(form, findings, words) {
    form.querySelectorAll(".oslo-said[data-oslo-beside]").forEach(function (old) {
      const input = old.osloInput;
      if (input) {
        const others = (input.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== old.id);
        if (others.length) input.setAttribute("aria-describedby", others.join(" "));
        else input.removeAttribute("aria-describedby");
      }
      old.remove();
    });
    findings.forEach(function (finding, number) {
      const input = inputOf(form, finding.input);
      if (!input || finding.input === "resources") return;
      const said = document.createElement("p");
      said.className = "oslo-said";
      said.id = "oslo-said-" + number;
      said.dataset.severity = finding.severity;
      said.dataset.osloBeside = "";
      said.osloInput = input;
      said.append(spoken(words[finding.severity]), finding.text);
      placeOf(input).append(said);
      const others = input.getAttribute("aria-describedby");
      input.setAttribute("aria-describedby", (others ? others + " " : "") + said.id);
    });
  }

  function inputOf(form, name) {
    if (!name || name === "resources") return null;
    const safe = CSS.escape(name);
    return (
      form.querySelector('[name="' + safe + '"]:not([type="hidden"])') ||
      form.querySelector('[name^="' + safe + '-"]:not([type="hidden"])') ||
      form.querySelector('input[id^="field-' + safe + '-"]:not([type="hidden"])') // beside a value that scripts keep
    );
  }

  function placeOf(input) {
    return input.closest(".field, .form-group, .control-group, fieldset") || input.parentElement;
  }

  function led(form, name, words) {
    const input = inputOf(form, name);
    const link = document.createElement("a");
    if (!input && name === "resources" && document.getElementById("section-files")) {
      link.href = "#section-files";
      link.textContent = words;
      return link;
    }
    if (!input) return document.createTextNode(words);
    link.href = "#" + (input.id || "");
    link.textContent = words;
    link.addEventListener("click", function (event) {
      event.preventDefault();
      if (window.osloForm) window.osloForm.reveal(input);
      else input.focus();
    });
    return link;
  }

  function spoken(words) {
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.textContent = words + ": ";
    return said;
  }

  function list(target, entries, write) {
    if (!target) return;
    target.replaceChildren(
      ...entries.map(function (entry) {
        const item = document.createElement("li");
        write(item, entry);
        return item;
      })
    );
  }

  function text(panel, selector, words) {
    const target = panel.querySelector(selector);
    if (target) target.textContent = words;
  }

  function fill(template, parts) {
    return template.replace(/\{(\w+)\}/g, (whole, name) => (name in parts ? String(parts[name]) : whole));
  }

  document.querySelectorAll("[data-oslo-panel]").forEach(start);
})();
