/* JSON read as strictly as huiyin.domain.leaves reads it, and written in its canonical form.
   The browser's JSON.parse takes the last of two fields of one name and rounds long numbers, so a
   receipt could be read in two ways; here such a text is refused. Objects become Maps, whole
   numbers BigInts. Positions in refusals count characters, as the program does. */
"use strict";
(() => {
  const huiyin = (globalThis.huiyinVerify ??= {});
  const MOST_DEEP = 900; // about where the program stops
  const MOST_DIGITS = 4300;
  const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

  class Refusal extends Error {
    constructor(code, data = {}) {
      super(code);
      this.code = code;
      this.data = data;
    }
  }

  class Reader {
    constructor(text) {
      this.text = text;
      this.at = 0;
      this.deep = 0;
    }

    fail(at) {
      throw new Refusal("json-malformed", { at: Array.from(this.text.slice(0, at)).length });
    }

    space() {
      while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at++;
    }

    whole() {
      this.space();
      const value = this.value();
      this.space();
      if (this.at < this.text.length) this.fail(this.at);
      return value;
    }

    value() {
      const char = this.text[this.at];
      if (char === '"') return this.string();
      if (char === "{" || char === "[") return this.nested(char);
      for (const [word, value] of [["null", null], ["true", true], ["false", false]]) {
        if (this.text.startsWith(word, this.at)) {
          this.at += word.length;
          return value;
        }
      }
      return this.number();
    }

    nested(char) {
      if (++this.deep > MOST_DEEP) throw new Refusal("json-too-deep");
      this.at++;
      const value = char === "{" ? this.object() : this.array();
      this.deep--;
      return value;
    }

    object() {
      const pairs = [];
      this.space();
      if (this.text[this.at] !== "}") {
        for (;;) {
          if (this.text[this.at] !== '"') this.fail(this.at);
          const key = this.string();
          this.space();
          if (this.text[this.at] !== ":") this.fail(this.at);
          this.at++;
          this.space();
          pairs.push([key, this.value()]);
          if (!this.more("}")) break;
        }
      }
      this.at++;
      return this.unique(pairs);
    }

    array() {
      const items = [];
      this.space();
      if (this.text[this.at] !== "]") {
        do items.push(this.value());
        while (this.more("]"));
      }
      this.at++;
      return items;
    }

    /* True if a comma and another item follow, false at the end of the object or list. */
    more(end) {
      this.space();
      if (this.text[this.at] === end) return false;
      if (this.text[this.at] !== ",") this.fail(this.at);
      this.at++;
      this.space();
      return true;
    }

    unique(pairs) {
      const seen = new Map();
      for (const [key, value] of pairs) {
        if (seen.has(key)) throw new Refusal("json-duplicate-key", { key: huiyin.cut(key, 60) });
        seen.set(key, value);
      }
      return seen;
    }

    number() {
      const rest = this.text.slice(this.at, this.at + MOST_DIGITS + 2);
      const found = /^-?(?:0|[1-9][0-9]*)/.exec(rest);
      const after = found && this.text.slice(this.at + found[0].length, this.at + found[0].length + 3);
      if (/^(?:NaN|-?Infinity)/.test(rest) || /^(?:\.[0-9]|[eE][+-]?[0-9])/.test(after ?? "")) {
        throw new Refusal("json-number");
      }
      if (!found) this.fail(this.at);
      if (found[0].replace("-", "").length > MOST_DIGITS) throw new Refusal("json-number");
      this.at += found[0].length;
      return BigInt(found[0]);
    }

    string() {
      const begin = this.at++;
      let out = "";
      for (;;) {
        const plain = /[^"\\\u0000-\u001f]*/y;
        plain.lastIndex = this.at;
        const run = plain.exec(this.text)[0];
        out += run;
        this.at += run.length;
        const char = this.text[this.at];
        if (char === undefined) this.fail(begin);
        if (char === '"') {
          this.at++;
          return out;
        }
        if (char !== "\\") this.fail(this.at);
        out += this.escape(begin);
      }
    }

    escape(begin) {
      const char = this.text[++this.at];
      if (char === undefined) this.fail(begin);
      if (char !== "u") {
        if (!Object.hasOwn(ESCAPES, char)) this.fail(this.at - 1);
        this.at++;
        return ESCAPES[char];
      }
      const digits = this.text.slice(this.at + 1, this.at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(digits) || this.at + 5 >= this.text.length) this.fail(this.at);
      this.at += 5;
      return String.fromCharCode(parseInt(digits, 16));
    }
  }

  /* The place of the first byte that is not UTF-8, or -1 (RFC 3629, section 4). */
  function notUtf8(bytes) {
    for (let at = 0; at < bytes.length; ) {
      const byte = bytes[at];
      const more = byte < 0x80 ? 0 : byte < 0xc2 ? -1 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : byte < 0xf5 ? 3 : -1;
      if (more < 0) return at;
      const low = { 0xe0: 0xa0, 0xf0: 0x90 }[byte] ?? 0x80;
      const high = { 0xed: 0x9f, 0xf4: 0x8f }[byte] ?? 0xbf;
      for (let n = 1; n <= more; n++) {
        const next = bytes[at + n];
        if (!(next >= (n === 1 ? low : 0x80) && next <= (n === 1 ? high : 0xbf))) return at;
      }
      at += more + 1;
    }
    return -1;
  }

  const isHalved = (text) => /[\ud800-\udfff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ""));

  function hasHalfCharacter(value) {
    if (typeof value === "string") return isHalved(value);
    if (value instanceof Map) return [...value].flat().some(hasHalfCharacter);
    return Array.isArray(value) && value.some(hasHalfCharacter);
  }

  function parseText(text) {
    const value = new Reader(text).whole();
    if (text.includes("\\u") && hasHalfCharacter(value)) throw new Refusal("not-utf8", { at: 0 });
    if (!(value instanceof Map)) throw new Refusal("json-not-object");
    return value;
  }

  function parseBytes(bytes) {
    const at = notUtf8(bytes);
    if (at >= 0) throw new Refusal("not-utf8", { at });
    return parseText(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  }

  /* RFC 8785 of what parseText gives; the same refusals as leaves.canonical. */
  function canonical(value) {
    if (value instanceof Map) {
      const parts = [];
      for (const [key, item] of value) {
        if (!/^[\x00-\x7f]*$/.test(key)) throw new Refusal("not-canonical", { why: "key" });
        parts.push([key, `${JSON.stringify(key)}:${canonical(item)}`]);
      }
      parts.sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${parts.map(([, text]) => text).join(",")}}`;
    }
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (typeof value !== "bigint") return JSON.stringify(value);
    if (value > 2n ** 53n - 1n || value < 1n - 2n ** 53n) {
      throw new Refusal("not-canonical", { why: "integer" });
    }
    return String(value);
  }

  /* The first characters of a text, never half of one. */
  huiyin.cut = (text, most) => Array.from(text.slice(0, 2 * most)).slice(0, most).join("");
  Object.assign(huiyin, { Refusal, parseText, parseBytes, canonical });
})();
