/* The form as a whole: language tabs that say what is missing, a warning before unsaved work is left, where one is. */
(function () {
  "use strict";

  const oslo = window.osloForm;
  if (!oslo.form) return;

  /* Texts in several languages: without script all of them stand open. */
  function texts(group) {
    const list = group.querySelector('[role="tablist"]');
    const tabs = [...list.querySelectorAll('[role="tab"]')];
    const panel = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

    function show(tab) {
      for (const other of tabs) {
        const on = other === tab;
        other.setAttribute("aria-selected", String(on));
        other.tabIndex = on ? 0 : -1;
        panel(other).hidden = !on;
      }
    }

    function mark(tab) {
      const given = [...panel(tab).querySelectorAll("input[name], textarea[name]")].some((input) => input.value.trim());
      const dot = tab.querySelector(".dot");
      const state = tab.querySelector("[data-oslo-state]");
      dot.classList.toggle("dot-off", !given);
      dot.classList.remove("dot-bad", "dot-warn");
      state.textContent = given ? "" : tab.dataset.osloEmpty;
    }

    list.hidden = false;
    group.classList.add("tabbed");
    list.addEventListener("click", (event) => {
      const tab = event.target.closest('[role="tab"]');
      if (tab) show(tab);
    });
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = tabs[(to + tabs.length) % tabs.length];
      show(next);
      next.focus();
    });
    for (const tab of tabs) {
      panel(tab).addEventListener("focusin", () => show(tab));
      panel(tab).addEventListener("portal:reveal", () => show(tab));
      panel(tab).addEventListener("input", () => mark(tab));
    }
    const wrong = tabs.find((tab) => panel(tab).querySelector('[aria-invalid="true"]'));
    show(wrong || tabs[0]);
  }

  function follow() {
    const links = [...oslo.form.querySelectorAll(".steps a")];
    const sections = links.map((link) => document.getElementById(link.hash.slice(1))).filter(Boolean);
    const watcher = new IntersectionObserver(
      (entries) => {
        const seen = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
        if (!seen.length) return;
        links.forEach((link) => link.removeAttribute("aria-current"));
        links.find((link) => link.hash === `#${seen[0].id}`).setAttribute("aria-current", "step");
      },
      { rootMargin: "-10% 0px -70% 0px" }
    );
    sections.forEach((section) => watcher.observe(section));
    // Following a link into a fold opens it.
    links.forEach((link) =>
      link.addEventListener("click", () => {
        const section = document.getElementById(link.hash.slice(1));
        if (section && section.tagName === "DETAILS") section.open = true;
      })
    );
  }

  function guard() {
    let changed = oslo.form.hasAttribute("data-oslo-again");
    const warn = (event) => {
      if (changed) event.preventDefault();
    };
    oslo.form.addEventListener("input", () => {
      changed = true;
    });
    oslo.form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.formTarget === "_blank") return;
      changed = false;
    });
    window.addEventListener("beforeunload", warn);
  }

  oslo.part((root) => oslo.all(root, "[data-oslo-texts]").forEach(texts));
  oslo.enhance(oslo.form);
  follow();
  guard();
  const summary = document.getElementById("errors");
  if (summary) {
    summary.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      if (!link) return;
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!target) return;
      event.preventDefault();
      oslo.reveal(target);
    });
    summary.focus();
  }
})();
