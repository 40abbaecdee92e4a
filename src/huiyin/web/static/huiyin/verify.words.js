/* The complainant's own words: salt and text against the commitment in the event, in the same order
   and with the same findings as huiyin.domain.words. */
"use strict";
(() => {
  const huiyin = globalThis.huiyinVerify;
  const {
    Refusal, cut, decode64, encode64, finding, hmac, invalid, isObject, isText, parseText, unreadable, utf8,
  } = huiyin;
  const ABOUT_FILE = "file";
  const SILENT = ["contact", "original", "file-copy", "file-report"];
  const entriesOf = (said) => said.get("content").map((item) => (isObject(item) ? item : new Map()));

  /* The openings of texts in one event; none if it has no such field. */
  async function wordsOf(items, at) {
    if (items === undefined || items === null) return [];
    if (!Array.isArray(items)) unreadable("words-part-missing", { ...at, field: "words" });
    return items.map((item) => {
      const parts = isObject(item) ? item : new Map();
      const [id, kind, coded, text] = ["id", "kind", "salt", "text"].map((field) => {
        if (!isText(parts.get(field))) unreadable("words-part-missing", { ...at, field });
        return parts.get(field);
      });
      const salt = decode64(coded, 32);
      if (salt === null) invalid("words-salt-base64-malformed", at);
      return { id, kind, salt, text };
    });
  }

  /* Hold each opening against the commitment in its event; each text once. */
  async function checkWords({ position, said, words }) {
    const named = new Map(entriesOf(said).filter((item) => isText(item.get("id"))).map((item) => [item.get("id"), item]));
    for (const one of words) {
      const data = { event: position, kind: cut(one.kind, 60) }, entry = named.get(one.id);
      if (!entry || entry.get("kind") !== one.kind || !isText(entry.get("words"))) invalid("words-not-named", data);
      if (encode64(await hmac(one.salt, utf8(one.text))) !== entry.get("words")) invalid("words-differ", data);
    }
    return { at: position, said, opened: [...new Map(words.map((one) => [one.id, one])).values()] };
  }

  const listed = (held) => ({ texts: held.length, events: [...new Set(held)].sort((one, other) => one - other) });

  function spoken(events) {
    const found = [];
    for (const [code, mine] of [["proved-words-yours", true], ["proved-words-office", false]]) {
      const held = events.flatMap(({ at, said, opened }) => (said.get("role") === "complainant") !== mine
        ? [] : opened.filter((one) => one.kind !== ABOUT_FILE).map(() => at));
      if (held.length) found.push(finding(code, "proved", listed(held)));
    }
    return found;
  }

  function aboutOf(text) {
    let said;
    try {
      said = parseText(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return null;
    }
    const sha256 = said.get("sha256"), size = said.get("size");
    return isText(sha256) && typeof size === "bigint" ? { sha256: cut(sha256, 64), size: String(size) } : null;
  }

  /* `files`: [name, SHA-256 in hex] of files at hand. */
  function handedIn(events, files) {
    const known = new Map(), same = new Set();
    for (const { at, opened } of events) {
      for (const one of opened.filter(({ kind }) => kind === ABOUT_FILE)) {
        const about = aboutOf(one.text);
        if (about && !known.has(about.sha256)) known.set(about.sha256, { event: at, ...about });
      }
    }
    const found = files.map(([name, sha256]) => {
      const shown = cut(name, 200);
      if (!known.has(sha256)) return finding("file-not-here", "failed", { name: shown, sha256 });
      same.add(sha256);
      return finding("proved-file-same", "proved", { name: shown, event: known.get(sha256).event });
    });
    const rest = [...known].filter(([digest]) => !same.has(digest));
    return [...found, ...rest.map(([, data]) => finding("proved-file", "proved", data))];
  }

  function unopened(events) {
    const withheld = [], older = [];
    for (const { at, said, opened } of events) {
      const known = new Set(opened.map((one) => one.id));
      for (const entry of entriesOf(said)) {
        if (known.has(entry.get("id")) || SILENT.includes(entry.get("kind"))) continue;
        (isText(entry.get("words")) ? withheld : older).push(at);
      }
    }
    return [["open-withheld", withheld], ["open-content", older]]
      .filter(([, held]) => held.length)
      .map(([code, held]) => finding(code, "open", listed(held)));
  }

  /* What the openings prove, and what stays open about texts. */
  const wordsProved = (told, files) => [...spoken(told), ...handedIn(told, files)];

  /* [event, kind, text] of every text that is opened, for whoever wants to read them. */
  const wordsReadable = (told) => told.flatMap(({ at, opened }) => opened
    .filter((one) => one.kind !== ABOUT_FILE).map((one) => [at, one.kind, one.text]));

  Object.assign(huiyin, { checkWords, wordsOf, wordsProved, wordsReadable, wordsUnopened: unopened });
})();
