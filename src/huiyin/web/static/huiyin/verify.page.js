/* The part of the page that checks a receipt on this device: choose or drop a file, say what was
   found. It loads nothing and sends nothing; the same script runs in the saved file. */
"use strict";
(() => {
  const huiyin = globalThis.huiyinVerify;
  const here = document.querySelector("[data-verify]");
  if (!here) return;
  const find = (name) => document.querySelector(`[data-verify-${name}]`);
  const languages = JSON.parse(document.getElementById("hy-verify-words").textContent);
  const [input, result, fields, others, switcher] = ["file", "result", "fields", "others", "language"].map(find);
  let [tongue, words] = Object.entries(languages)[0];
  let latest = null; // {bytes, verdict}: what stands on the page, to be said again in another language
  let turn = 0;

  const element = (name, kind, text) => {
    const made = document.createElement(name);
    made.className = kind;
    made.textContent = text;
    return made;
  };

  function show(...children) {
    result.replaceChildren(...children);
    result.lang = tongue; // the page around it may be in a language that the verdicts do not have
    result.hidden = children.length === 0;
  }

  function report(verdict) {
    const heading = element("h2", "hyv-closing", words.verdicts[verdict.status]);
    heading.dataset.verifyStatus = verdict.status;
    const about = [verdict.number, verdict.origin].filter(Boolean).join(" · ");
    const which = element("p", "hyv-which", about.replace(/\p{C}/gu, "\ufffd"));
    which.dir = "ltr";
    const list = element("ul", "hyv-findings", "");
    for (const finding of verdict.findings) {
      const item = element("li", "hyv-finding", "");
      item.dataset.verifyCode = finding.code;
      const tag = element("strong", `hyv-tag hyv-tag--${finding.kind}`, words.kinds[finding.kind]);
      item.append(tag, element("span", "hyv-text", huiyin.say(finding, words)));
      list.append(item);
    }
    show(heading, ...(about ? [which] : []), list, ...readable(verdict.texts));
  }

  /* The words that were proved, folded away: whoever stands beside need not read them. */
  function readable(texts) {
    if (!texts.length) return [];
    const all = element("details", "hyv-words", ""), open = element("summary", "", words.ui.words);
    const parts = texts.flatMap(([event, kind, text]) => {
      const said = element("blockquote", "hyv-said", text);
      said.dir = "auto";
      const where = huiyin.fill(words.places["event-"], { event });
      const name = Object.hasOwn(words.texts, kind) ? words.texts[kind] : kind;
      return [element("h3", "hyv-kind", where + name.replace(/\p{C}/gu, "\ufffd")), said];
    });
    all.append(open, ...parts);
    return [all];
  }

  function mistake(text) {
    const line = element("p", "hyv-mistake", text);
    line.dataset.verifyStatus = "mistake";
    show(line);
  }

  const typed = (name) => fields.elements[name].value.trim();

  /* Keys, one a line, or a whole policy, which has a line "quorum". */
  function witnesses() {
    const text = typed("witnesses");
    if (/^[ \t]*quorum\b/m.test(text)) return { policy: text };
    return { witnesses: text.split("\n").map((line) => line.trim()).filter(Boolean) };
  }

  /* Names and SHA-256 of the files that were chosen beside the receipt. */
  const digests = () => Promise.all([...others.files].map(async (file) =>
    [file.name, huiyin.hex(await huiyin.sha256(new Uint8Array(await file.arrayBuffer())))]));

  async function options() {
    return {
      files: await digests(),
      page: here.dataset.vkey || undefined,
      now: Date.now(),
      vkey: typed("vkey") || undefined,
      checkpoint: typed("checkpoint") ? `${typed("checkpoint")}\n` : undefined,
      ...witnesses(),
    };
  }

  /* Check what was chosen last; an answer that a newer question overtook is dropped. */
  async function check(bytes) {
    const mine = ++turn;
    show(element("p", "hyv-busy", words.ui.busy));
    let say;
    try {
      const verdict = await huiyin.verifyReceipt(bytes, await options());
      latest = { bytes, verdict };
      say = () => report(verdict);
    } catch (error) {
      const own = error instanceof huiyin.Refusal;
      if (!own) console.error(error);
      latest = { bytes, verdict: null };
      say = () => mistake(own ? huiyin.sayRefusal(error, words) : words.ui.broken);
    }
    if (mine === turn) say();
  }

  async function take(file) {
    if (!file) return;
    let bytes;
    try {
      // One byte more than allowed is enough to see that a file is too large.
      bytes = new Uint8Array(await file.slice(0, huiyin.MOST_BYTES + 1).arrayBuffer());
    } catch {
      mistake(words.ui.unread);
      return;
    }
    await check(bytes);
  }

  function speak(language) {
    [tongue, words] = [language, languages[language]];
    for (const part of document.querySelectorAll("[data-verify-word]")) {
      part.textContent = words.ui[part.dataset.verifyWord];
    }
    document.documentElement.lang = language;
    if (latest?.verdict) report(latest.verdict);
    else if (latest) check(latest.bytes);
  }

  input.addEventListener("change", () => take(input.files[0]));
  fields.addEventListener("submit", (event) => {
    event.preventDefault();
    if (latest) check(latest.bytes);
    else take(input.files[0]);
  });
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      here.classList.add("hyv--over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) here.classList.remove("hyv--over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    here.classList.remove("hyv--over");
    take(event.dataTransfer.files[0]);
  });
  switcher?.addEventListener("change", () => speak(switcher.value));

  here.hidden = false;
  const server = find("server");
  if (server) server.hidden = true; // the form that sends the file is for those without a script
})();
