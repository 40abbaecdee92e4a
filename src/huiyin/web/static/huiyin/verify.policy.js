/* Which logs and witnesses one trusts (C2SP tlog-policy), read as huiyin.domain.policies reads it. */
"use strict";
(() => {
  const huiyin = globalThis.huiyinVerify;
  const { Refusal, cosignedAt, cut, parseVkey } = huiyin;
  const MOST = { text: 100_000, lines: 1_000 };
  const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;

  const refuse = (code, data) => {
    throw new Refusal(code, data);
  };

  async function keyOf(line, text, algorithm) {
    let key;
    try {
      key = await parseVkey(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse("policy-key-malformed", { line, why: error.code });
    }
    if (key.algorithm !== algorithm) {
      refuse("policy-key-malformed", { line, why: "vkey-algorithm-unknown" });
    }
    return key;
  }

  class Policy {
    constructor() {
      this.logs = [];
      this.witnesses = new Map(); // name → key
      this.groups = new Map(); // name → {need, members}
      this.members = new Set();
      this.quorum = "";
    }

    fresh(line, name) {
      if (name === "none" || this.witnesses.has(name) || this.groups.has(name)) {
        refuse("policy-name-taken", { line, name: cut(name, 60) });
      }
    }

    known(line, name) {
      if (!this.witnesses.has(name) && !this.groups.has(name)) {
        refuse("policy-name-unknown", { line, name: cut(name, 60) });
      }
    }

    once(line, key, others) {
      if (others.some((other) => huiyin.equal(other.bytes, key.bytes))) {
        refuse("policy-key-twice", { line });
      }
    }

    async log(line, words) {
      if (words.length < 1 || words.length > 2) refuse("policy-line-malformed", { line });
      const key = await keyOf(line, words[0], 1);
      this.once(line, key, this.logs);
      this.logs.push(key);
    }

    async witness(line, words) {
      if (words.length < 2 || words.length > 3) refuse("policy-line-malformed", { line });
      this.fresh(line, words[0]);
      const key = await keyOf(line, words[1], 4);
      this.once(line, key, [...this.witnesses.values()]);
      this.witnesses.set(words[0], key);
    }

    async group(line, words) {
      if (words.length < 3) refuse("policy-line-malformed", { line });
      const [name, need, ...members] = words;
      this.fresh(line, name);
      for (const member of members) {
        this.known(line, member);
        if (this.members.has(member)) {
          refuse("policy-member-twice", { line, name: cut(member, 60) });
        }
        this.members.add(member);
      }
      const count = need === "any" ? 1 : need === "all" ? members.length : Number(need);
      const written = /^[1-9][0-9]{0,3}$/.test(need) || need === "any" || need === "all";
      if (!written || count > members.length) {
        refuse("policy-threshold-wrong", { line, need: cut(need, 20), members: members.length });
      }
      this.groups.set(name, { need: count, members });
    }

    async end(line, words) {
      if (words.length !== 1 || this.quorum) refuse("policy-line-malformed", { line });
      if (words[0] !== "none") this.known(line, words[0]);
      this.quorum = words[0];
    }

    satisfied(cosigned) {
      const held = new Map([...this.witnesses.keys()].map((name) => [name, cosigned.includes(name)]));
      for (const [name, { need, members }] of this.groups) {
        held.set(name, members.filter((member) => held.get(member)).length >= need);
      }
      return this.quorum === "none" || held.get(this.quorum);
    }

    needed() {
      const group = this.groups.get(this.quorum);
      if (group) return [group.need, group.members.length];
      return this.quorum === "none" ? [0, this.witnesses.size] : [1, 1];
    }

    /* The finding about a note: enough witnesses or not. */
    async judge(note) {
      const seen = [];
      for (const [name, key] of this.witnesses) {
        if ((await cosignedAt(note, key)) !== null) seen.push(name);
      }
      const [need, of] = this.needed();
      const data = { quorum: this.quorum, need, of, seen: seen.length };
      if (!this.satisfied(seen)) return [{ code: "witness-quorum-missing", kind: "failed", data }];
      return seen.length ? [{ code: "proved-quorum", kind: "proved", data }] : [];
    }
  }

  async function parsePolicy(text) {
    const lines = text.split("\n");
    if (Array.from(text).length > MOST.text || lines.length - 1 > MOST.lines) {
      refuse("policy-too-large", { most: MOST.lines });
    }
    const policy = new Policy();
    const read = { log: "log", witness: "witness", group: "group", quorum: "end" };
    for (const [at, content] of lines.entries()) {
      const line = at + 1;
      if (CONTROL.test(content)) refuse("policy-line-malformed", { line });
      const [first, ...words] = content.split(/[ \t]+/).filter(Boolean);
      if (first === undefined || first.startsWith("#")) continue;
      if (!Object.hasOwn(read, first)) refuse("policy-line-malformed", { line });
      await policy[read[first]](line, words);
    }
    if (!policy.quorum) refuse("policy-quorum-missing");
    return policy;
  }

  Object.assign(huiyin, { parsePolicy });
})();
