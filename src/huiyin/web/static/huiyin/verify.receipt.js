/* Is this receipt true? The same questions in the same order as huiyin.domain.verification, with
   the same findings; the tests hold the two together. Nothing here touches the page or the net. */
"use strict";
(() => {
  const huiyin = globalThis.huiyinVerify;
  const {
    Refusal, Stop, canonical, checkWords, cosignedAt, cut, decode64, encode64, equal, finding, guard, hmac,
    invalid, isObject, isText, leafHash, logKey, openCheckpoint, parseBytes, parsePolicy, parseProof,
    parseText, parseVkey, rootFromInclusion, sha256, shown, unreadable, utf8, wordsOf, wordsProved,
    wordsReadable, wordsUnopened,
  } = huiyin;
  const FORMAT = "huiyin-receipt/1";
  const MOST_BYTES = 32_000_000, MOST_EVENTS = 5_000;

  async function read(bytes) {
    if (bytes.length > MOST_BYTES) {
      unreadable("receipt-too-large", { size: bytes.length, most: MOST_BYTES });
    }
    const receipt = await guard("unreadable", "receipt-", () => parseBytes(bytes));
    if (receipt.get("format") !== FORMAT) {
      unreadable("receipt-format-unknown", { format: shown(receipt.get("format"), 60) });
    }
    for (const field of ["number", "origin", "vkey"]) {
      if (!isText(receipt.get(field)) || !receipt.get(field)) unreadable("receipt-field-missing", { field });
    }
    for (const field of ["events", "dues"]) {
      if (!Array.isArray(receipt.get(field))) unreadable("receipt-field-missing", { field });
    }
    const events = receipt.get("events").length;
    if (events === 0) invalid("receipt-empty");
    if (events > MOST_EVENTS) unreadable("receipt-too-many-events", { events, most: MOST_EVENTS });
    return receipt;
  }

  async function entryOf(item, position) {
    const parts = isObject(item) ? item : new Map(), at = { event: position };
    for (const field of ["event", "key", "leaf", "proof"]) {
      if (!isText(parts.get(field))) unreadable("event-part-missing", { ...at, field });
    }
    const event = parts.get("event"), leaf = parts.get("leaf");
    const said = await guard("invalid", "event-", () => parseText(event), at);
    const key = decode64(parts.get("key"), 32);
    if (key === null) invalid("event-key-base64-malformed", at);
    const proof = await guard("invalid", "event-", () => parseProof(parts.get("proof")), at);
    return { position, event, said, key, leaf, words: await wordsOf(parts.get("words"), at), ...proof };
  }

  /* The key to judge by: the given one, else one of the policy, else the page's own, else the
     receipt's. */
  async function chooseKey(receipt, { given, page, logs }, findings) {
    const own = await guard("invalid", "receipt-", () => logKey(receipt.get("vkey")));
    if (own.name !== receipt.get("origin")) {
      invalid("receipt-origin-wrong", { origin: receipt.get("origin"), key: own.name });
    }
    const named = logs.find((log) => log.text === own.text) ?? logs[0];
    const trusted = given ?? named ?? (page?.name === own.name ? page : null);
    if (trusted === null) {
      findings.push({ code: "open-key", kind: "open", data: { vkey: own.text } });
      return own;
    }
    if (trusted.text !== own.text) {
      const code = trusted.name !== own.name ? "receipt-origin-foreign" : "receipt-key-foreign";
      invalid(code, { expected: trusted.name, origin: own.name });
    }
    const data = { origin: trusted.name, vkey: own.text };
    findings.push(given || named
      ? { code: "proved-key", kind: "proved", data }
      : { code: "open-key-page", kind: "open", data });
    return trusted;
  }

  async function signatures(entries, key, witnesses, findings) {
    const text = entries[0].checkpoint;
    const other = entries.find((entry) => entry.checkpoint !== text);
    if (other) invalid("checkpoints-differ", { event: other.position });
    const opened = await guard("invalid", "checkpoint-", () => openCheckpoint(text, key, witnesses));
    const data = { origin: key.name, size: opened.checkpoint.size };
    findings.push({ code: "proved-signature", kind: "proved", data });
    return opened;
  }

  async function witnessed(note, witnesses, now) {
    const seen = new Map();
    for (const key of witnesses) {
      const time = await cosignedAt(note, key);
      if (time !== null) seen.set(key.name, time);
    }
    const latest = now === null ? Infinity : (now + AHEAD) / 1000;
    if ([...seen.values()].some((time) => time > latest)) {
      const [witness, time] = [...seen].reduce((one, other) => (other[1] > one[1] ? other : one));
      return [{ code: "witness-in-future", kind: "failed", data: { witness, time } }];
    }
    if (seen.size === 0) return [{ code: "open-witness", kind: "open", data: {} }];
    return [...seen].map(([witness, time]) =>
      ({ code: "proved-witness", kind: "proved", data: { witness, time } }));
  }

  const isDay = (text) => {
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
    if (!year || month < 1 || month > 12) return false;
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    return day >= 1 && day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  };
  const isMoment = (text) =>
    /^.{10}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/.test(text) && isDay(text.slice(0, 10));

  function parseLeaf(text) {
    const said = parseText(text), refuse = () => {
      throw new Refusal("leaf-malformed");
    };
    const fields = ["class", "commitment", "day", "v"];
    if ([...said.keys()].sort().join() !== fields.join() || said.get("v") !== 1n) refuse();
    const [name, commitment, day] = fields.map((field) => said.get(field));
    if (!isText(name) || !/^[a-z][a-z-]{0,39}$/.test(name)) refuse();
    if (!isText(day) || canonical(said) !== text || !isDay(day)) refuse();
    const bytes = isText(commitment) ? decode64(commitment, 32) : null;
    if (bytes === null) refuse();
    return { name, day, commitment: bytes };
  }

  const FIELDS = {
    case: isText, prev: isText, at: isText, role: isText, act: isText, class: isText,
    data: isObject, dues: Array.isArray, content: Array.isArray,
  };

  async function checkShape(entry, at) {
    for (const [field, fits] of Object.entries(FIELDS)) {
      if (!fits(entry.said.get(field))) invalid("event-field-missing", { ...at, field });
    }
    if (entry.said.get("v") !== 1n || typeof entry.said.get("seq") !== "bigint") {
      invalid("event-field-missing", { ...at, field: "v, seq" });
    }
    const written = await guard("invalid", "event-", () => canonical(entry.said), at);
    if (written !== entry.event) invalid("event-not-canonical", at);
  }

  /* Clocks and days differ; what lies more than a day ahead has not happened yet. */
  const AHEAD = 86_400_000;

  async function checkEntry(entry, checkpoint, number, now) {
    const at = { event: entry.position }, { index, path, said } = entry, { size } = checkpoint;
    const hash = await leafHash(utf8(entry.leaf));
    const root = await guard("invalid", "event-", () => rootFromInclusion(index, size, hash, path), at);
    if (!equal(root, checkpoint.root)) invalid("event-not-included", { ...at, index, size });
    const leaf = await guard("invalid", "event-", () => parseLeaf(entry.leaf), at);
    if (!equal(await hmac(entry.key, utf8(entry.event)), leaf.commitment)) {
      invalid("event-commitment-wrong", at);
    }
    await checkShape(entry, at);
    if (said.get("case") !== number) {
      invalid("event-other-case", { ...at, case: cut(said.get("case"), 60) });
    }
    if (said.get("class") !== leaf.name) invalid("event-class-differs", at);
    if (!isMoment(said.get("at"))) {
      invalid("event-time-malformed", { ...at, value: cut(said.get("at"), 40) });
    }
    if (said.get("at").slice(0, 10) !== leaf.day) invalid("event-day-differs", { ...at, day: leaf.day });
    if (now !== null && said.get("at") > momentOf(now + AHEAD)) {
      invalid("event-in-future", { ...at, at: said.get("at"), now: momentOf(now) });
    }
  }

  /* Milliseconds since 1970 in the form of an event's time. */
  const momentOf = (milliseconds) => new Date(milliseconds).toISOString().replace("Z", "000Z");

  /* Whether the receipt begins with the event that says that all before it is erased. */
  const startsErased = ([{ said }]) => said.get("class") === "erased" && said.get("seq") > 1n;

  async function checkChain(entries) {
    const erased = startsErased(entries);
    let previous = erased ? entries[0] : null;
    for (const entry of erased ? entries.slice(1) : entries) {
      const event = entry.position, seq = entry.said.get("seq");
      const needed = previous === null ? 1n : previous.said.get("seq") + 1n;
      if (seq !== needed) {
        invalid(previous === null ? "chain-starts-late" : "chain-gap", { event, seq, needed });
      }
      const hash = previous === null ? "" : encode64(await sha256(utf8(previous.event)));
      if (entry.said.get("prev") !== hash) invalid("chain-broken", { event });
      if (previous !== null && entry.index <= previous.index) invalid("chain-order", { event });
      previous = entry;
    }
  }

  const dueOf = (item) => ["limit", "due", "article"].map((name) => {
    const value = isObject(item) ? item.get(name) : null;
    return isText(value) ? value : null;
  });

  function checkDues(entries, dues) {
    const registered = entries.flatMap((entry) => entry.said.get("dues").map((due) => JSON.stringify(dueOf(due))));
    for (const item of dues) {
      const [limit, due, article] = dueOf(item);
      if (!registered.includes(JSON.stringify([limit, due, article]))) {
        invalid("due-not-registered", { limit: shown(limit, 60), due: shown(due, 40) });
      }
    }
  }

  function proved(entries, { size }) {
    const first = entries[0].said, last = entries.at(-1).said, events = entries.length;
    const chain = { code: "proved-chain", kind: "proved", data: { last: last.get("seq"), at: last.get("at") } };
    const data = {
      erased: first.get("seq") - 1n, at: first.get("at"), first: first.get("seq"), last: last.get("seq"),
    };
    const gone = [
      { code: "proved-erased", kind: "proved", data },
      { code: "open-erased", kind: "open", data },
    ];
    return [
      { code: "proved-inclusion", kind: "proved", data: { events, size } },
      { code: "proved-commitment", kind: "proved", data: { events } },
      ...(startsErased(entries) ? gone : [chain]),
    ];
  }

  async function compare(text, key, checkpoint) {
    let other;
    try {
      other = (await openCheckpoint(text, key)).checkpoint;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { code: `other-${error.code}`, kind: "failed", data: error.data };
    }
    const data = { size: checkpoint.size, other: other.size };
    if (other.size !== checkpoint.size) {
      const code = other.size < checkpoint.size ? "open-other-smaller" : "open-other-larger";
      return { code, kind: "open", data };
    }
    const same = equal(other.root, checkpoint.root);
    return { code: same ? "proved-other" : "other-root-differs", kind: same ? "proved" : "failed", data };
  }

  /* The keys that did not come out of the receipt. */
  async function trust({ vkey, page, policy }) {
    const rules = policy === undefined ? null : await parsePolicy(policy);
    return {
      given: vkey ? await logKey(vkey) : null,
      page: page ? await logKey(page) : null,
      logs: rules?.logs ?? [],
      policy: rules,
    };
  }

  /* {status, findings, number, origin, size, texts}. `vkey`, `checkpoint`, `witnesses`, `policy`: from
     elsewhere; `files`: [name, SHA-256 in hex] that the receipt should know; `page`: the key of the
     register that published this page; `now`: milliseconds since 1970, what lies more than a day behind it has not happened yet. A key or policy that
     cannot be read raises Refusal: that is the caller's mistake, not the receipt's. */
  async function verifyReceipt(bytes, options = {}) {
    const { checkpoint, witnesses = [], now = null, files = [] } = options, trusted = await trust(options);
    const named = await Promise.all(witnesses.map(parseVkey));
    const others = [...(trusted.policy?.witnesses.values() ?? [])];
    const isNew = (key) => !named.some((known) => known.text === key.text);
    const witnessKeys = [...named, ...others.filter(isNew)];
    const verdict = { status: "valid", findings: [], number: "", origin: "", size: null };
    const { findings } = verdict;
    let rest = [];
    verdict.texts = [];
    try {
      const receipt = await read(bytes);
      verdict.number = cut(receipt.get("number"), 200);
      verdict.origin = cut(receipt.get("origin"), 200);
      const entries = [];
      for (const [at, item] of receipt.get("events").entries()) entries.push(await entryOf(item, at + 1));
      const key = await chooseKey(receipt, trusted, findings);
      const signed = await signatures(entries, key, witnessKeys, findings);
      verdict.size = signed.checkpoint.size;
      for (const entry of entries) await checkEntry(entry, signed.checkpoint, receipt.get("number"), now);
      await checkChain(entries);
      checkDues(entries, receipt.get("dues"));
      const told = [];
      for (const entry of entries) told.push(await checkWords(entry));
      rest = wordsUnopened(told);
      verdict.texts = wordsReadable(told);
      findings.push(...proved(entries, signed.checkpoint), ...wordsProved(told, files));
      findings.push(...(await witnessed(signed.note, witnessKeys, now)));
      if (trusted.policy) findings.push(...(await trusted.policy.judge(signed.note)));
      if (checkpoint) findings.push(await compare(checkpoint, key, signed.checkpoint));
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      Object.assign(verdict, { status: error.status, texts: [] });
      findings.push(error.finding);
      return verdict;
    }
    findings.push(finding("open-latest", "open", {}), ...rest, finding("open-frame", "open", {}));
    if (findings.some((one) => one.kind === "failed")) Object.assign(verdict, { status: "invalid", texts: [] });
    return verdict;
  }

  // Words -------------------------------------------------------------------------------------------

  const plain = (value) => {
    const text = Array.isArray(value) ? value.join(", ") : String(value);
    return text.replace(/[\p{C}\p{Z}]/gu, (char) => (char === " " ? char : "\ufffd"));
  };
  const fill = (template, data) =>
    template.replace(/\{(\w+)\}/g, (_, name) => (Object.hasOwn(data, name) ? plain(data[name]) : "\u2026"));

  /* The sentence of a finding, from the words of one language. */
  function say(finding, words) {
    const { kind } = finding.data;
    if (finding.code.startsWith("words-") && Object.hasOwn(words.texts, kind ?? "")) {
      finding = { ...finding, data: { ...finding.data, kind: words.texts[kind] } };
    }
    if (Object.hasOwn(words.findings, finding.code)) return fill(words.findings[finding.code], finding.data);
    for (const [prefix, place] of Object.entries(words.places)) {
      const code = finding.code.slice(prefix.length);
      if (finding.code.startsWith(prefix) && Object.hasOwn(words.refusals, code)) {
        return fill(place + words.refusals[code], finding.data);
      }
    }
    return finding.code;
  }

  const sayRefusal = (refusal, words) =>
    fill(`${words.refusals[refusal.code]} ${words.remedies[refusal.code]}`, refusal.data);

  Object.assign(huiyin, { fill, verifyReceipt, say, sayRefusal, MOST_BYTES });
})();
