/* What was typed and not saved is kept in this browser, for the person who is signed in, and offered when the form is
   opened again. It is removed once the server says that the form was saved (a cookie with the form's name), or after
   thirty days. Bringing it back is done by the server, which shows the form with it as after a mistake. */
(function () {
  "use strict";

  const oslo = window.osloForm;
  if (!oslo.form) return;
  const form = oslo.form;
  const OURS = `oslo-form:${form.dataset.osloOwner}:`;
  const MONTH = 30 * 24 * 3600 * 1000;
  const PAUSE = 800;
  const NOT_KEPT = new Set([form.dataset.osloCsrf, "kept_as"]);
  const name = form.querySelector('[name="kept_as"]').value;
  const note = form.querySelector("[data-oslo-kept-at]");
  // The answer to a form that was sent: everything that was typed stands on the page.
  const again = form.hasAttribute("data-oslo-again");

  /* A browser may refuse to keep anything (private windows, a full store): then the form works without. */
  function attempt(what) {
    try {
      return what();
    } catch {
      return null;
    }
  }

  function read(key) {
    const found = attempt(() => JSON.parse(localStorage.getItem(key)));
    return found && Array.isArray(found.fields) && Date.now() - found.at < MONTH ? found : null;
  }

  function forget(key) {
    attempt(() => localStorage.removeItem(key));
  }

  function fields() {
    return [...new FormData(form)].filter(([key, value]) => typeof value === "string" && !NOT_KEPT.has(key));
  }

  function said(entries) {
    return JSON.stringify(entries.filter(([, value]) => value !== ""));
  }

  function clock(at, withDay) {
    const day = withDay ? { day: "numeric", month: "long" } : {};
    const language = { en: "en-GB" }[oslo.reader] || oslo.reader;
    return new Intl.DateTimeFormat(language, { ...day, hour: "2-digit", minute: "2-digit" }).format(at);
  }

  /* Remove what the server has saved, what nobody came back for, and what it has just sent back. */
  function clean() {
    const saved = document.cookie.match(/(?:^|; )oslo_form_saved=([^;]*)/);
    if (saved) {
      forget(OURS + decodeURIComponent(saved[1]));
      document.cookie = "oslo_form_saved=; path=/; max-age=0; samesite=lax";
    }
    const keys = attempt(() => Object.keys(localStorage)) || [];
    for (const key of keys) if (key.startsWith("oslo-form:") && !read(key)) forget(key);
    if (again) forget(OURS + form.dataset.osloAgain);
  }

  function keep() {
    const at = Date.now();
    const kept = attempt(() => localStorage.setItem(OURS + name, JSON.stringify({ at, fields: fields() })) || true);
    note.textContent = kept ? oslo.fill(oslo.words.kept, { time: clock(at) }) : "";
  }

  function bring(found) {
    const hidden = (key, value) => oslo.element("input", { type: "hidden", name: key, value });
    const csrf = form.querySelector(`[name="${form.dataset.osloCsrf}"]`);
    const sent = oslo.element("form", { method: "post", action: form.action, hidden: true });
    sent.append(...found.fields.map(([key, value]) => hidden(key, value)), hidden("save", "again"), hidden("kept_as", name));
    if (csrf) sent.append(csrf.cloneNode());
    document.body.append(sent);
    sent.submit();
  }

  function offer(found) {
    const template = document.querySelector("[data-oslo-unsaved]");
    const box = template.content.firstElementChild.cloneNode(true);
    box.querySelector("[data-oslo-when]").textContent = oslo.fill(oslo.words.unsaved, { time: clock(found.at, true) });
    box.querySelector("[data-oslo-back]").addEventListener("click", () => bring(found));
    box.querySelector("[data-oslo-away]").addEventListener("click", () => {
      forget(OURS + name);
      box.remove();
      oslo.say(oslo.words.thrown_away);
      form.querySelector("input:not([type=hidden])").focus();
    });
    template.before(box);
  }

  clean();
  const found = read(OURS + name);
  if (again) keep();
  else if (found && said(found.fields) !== said(fields())) offer(found);
  else forget(OURS + name);

  let timer = null;
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.addEventListener("pagehide", () => {
    if (timer) keep();
  });
})();
