/* What a check finds and how it ends early, as huiyin.domain.findings has it. Codes only; the words
   for them come with the page. */
"use strict";
(() => {
  const huiyin = globalThis.huiyinVerify;
  const { Refusal, cut } = huiyin;

  class Stop extends Error {
    constructor(status, code, data = {}) {
      super(code);
      this.status = status;
      this.finding = { code, kind: "failed", data };
    }
  }

  const invalid = (code, data) => {
    throw new Stop("invalid", code, data);
  };
  const unreadable = (code, data) => {
    throw new Stop("unreadable", code, data);
  };
  const shown = (value, most) => (typeof value === "string" ? cut(value, most) : "");
  const isObject = (value) => value instanceof Map;
  const isText = (value) => typeof value === "string";

  /* Run a step; its refusal becomes a finding with the prefix before the code. */
  async function guard(status, prefix, step, data = {}) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Stop(status, prefix + error.code, { ...data, ...error.data });
    }
  }
  const finding = (code, kind, data) => ({ code, kind, data });

  Object.assign(huiyin, { Stop, finding, guard, invalid, isObject, isText, shown, unreadable });
})();
