/* Signed texts and the tree, read as huiyin.domain.notes and huiyin.domain.merkle read them.
   Formats: C2SP signed-note, tlog-checkpoint, tlog-proof, tlog-cosignature; tree: RFC 9162. */
"use strict";
(() => {
  const huiyin = globalThis.huiyinVerify;
  const { Refusal, concat, cut, decode64, ed25519, equal, hex, sha256, utf8 } = huiyin;
  const ED25519 = 1, COSIGNATURE = 4;
  const MOST = { note: 1_000_000, signatures: 100, path: 63, size: 2n ** 63n - 1n };
  const HEADER = "c2sp.org/tlog-proof@v1";
  const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
  const SPACE = /[\s\u0085\u001c-\u001f]/;

  const refuse = (code, data) => {
    throw new Refusal(code, data);
  };
  const isName = (name) =>
    name !== "" && !name.includes("+") && !SPACE.test(name.replaceAll("\ufeff", "")) && !CONTROL.test(name);

  async function keyId(name, algorithm, bytes) {
    const all = concat(utf8(`${name}\n`), Uint8Array.of(algorithm), bytes);
    return hex((await sha256(all)).subarray(0, 4));
  }

  /* {name, algorithm, bytes, id, text} of a line "name+hex8+base64". */
  async function parseVkey(text) {
    const [, name, id, encoded] = /^([^+]*)\+([0-9a-f]{8})\+([^]*)$/.exec(text) ?? refuse("vkey-malformed");
    const data = isName(name) ? decode64(encoded) : null;
    if (data === null) refuse("vkey-malformed");
    const algorithm = data[0];
    if (algorithm !== ED25519 && algorithm !== COSIGNATURE) {
      refuse("vkey-algorithm-unknown", { algorithm: algorithm ?? "None" });
    }
    if (data.length !== 33) refuse("vkey-malformed");
    const bytes = data.subarray(1), computed = await keyId(name, algorithm, bytes);
    if (computed !== id) refuse("vkey-id-wrong", { said: id, computed });
    return { name, algorithm, bytes, id, text };
  }

  async function logKey(text) {
    const key = await parseVkey(text);
    if (key.algorithm !== ED25519) refuse("vkey-algorithm-unknown", { algorithm: key.algorithm });
    return key;
  }

  function parseNote(note) {
    const split = note.lastIndexOf("\n\n");
    const long = note.length > MOST.note && Array.from(note).length > MOST.note;
    if (long || split < 0 || CONTROL.test(note) || !note.endsWith("\n")) refuse("note-malformed");
    const lines = note.slice(split + 2).split("\n").slice(0, -1);
    if (lines.length === 0 || lines.length > MOST.signatures) refuse("note-malformed");
    return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
  }

  function parseSignature(line) {
    const [, name, encoded] = /^\u2014 ([^ ]*) ([^]*)$/.exec(line) ?? refuse("note-malformed");
    const data = isName(name) ? decode64(encoded) : null;
    if (data === null || data.length < 5) refuse("note-malformed");
    return { name, id: hex(data.subarray(0, 4)), signature: data.subarray(4) };
  }

  const timeOf = (line) => BigInt("0x" + hex(line.signature.subarray(0, 8)));
  const isBy = (line, key) => line.name === key.name && line.id === key.id;

  async function lineHolds(text, line, key) {
    if (key.algorithm === ED25519) {
      return line.signature.length === 64 && ed25519(key.bytes, line.signature, utf8(text));
    }
    if (line.signature.length !== 72) return false;
    const message = utf8(`cosignature/v1\ntime ${timeOf(line)}\n${text}`);
    return ed25519(key.bytes, line.signature.subarray(8), message);
  }

  /* The note, after the first signature of each known key was verified. */
  async function openNote(text, keys) {
    const note = parseNote(text), signed = new Set();
    for (const line of note.signatures) {
      const key = keys.findLast((known) => isBy(line, known));
      if (key === undefined || signed.has(key)) continue;
      if (!(await lineHolds(note.text, line, key))) refuse("note-signature-wrong", { name: key.name });
      signed.add(key);
    }
    if (!signed.has(keys[0])) {
      refuse("note-signer-unknown", { signers: note.signatures.map((line) => line.name).slice(0, 5) });
    }
    return note;
  }

  /* When a witness saw the note, in seconds, or null; only after openNote. */
  async function cosignedAt(note, key) {
    for (const line of note.signatures) {
      if (isBy(line, key) && key.algorithm === COSIGNATURE && (await lineHolds(note.text, line, key))) {
        return timeOf(line);
      }
    }
    return null;
  }

  function parseDecimal(text) {
    const size = cut(text, 25);
    if (/^[0-9]{19,}$/.test(text) && BigInt(size) > MOST.size) {
      refuse("size-too-large", { size, most: MOST.size });
    }
    if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text)) refuse("size-malformed", { size });
    return BigInt(text);
  }

  function parseCheckpoint(text) {
    const lines = text.split("\n");
    if (lines.length < 4 || lines.at(-1) || !lines[0]) refuse("checkpoint-malformed");
    const size = parseDecimal(lines[1]), root = decode64(lines[2], 32);
    if (root === null || lines.slice(3, -1).some((line) => !line)) refuse("checkpoint-malformed");
    return { origin: lines[0], size, root };
  }

  /* {checkpoint, note} that `key` signed under its own name. */
  async function openCheckpoint(text, key, witnesses = []) {
    const note = await openNote(text, [key, ...witnesses]);
    const checkpoint = parseCheckpoint(note.text);
    if (checkpoint.origin !== key.name) {
      refuse("checkpoint-origin-wrong", { origin: cut(checkpoint.origin, 80), expected: key.name });
    }
    return { checkpoint, note };
  }

  function parseProof(text) {
    const split = text.indexOf("\n\n");
    const lines = (split < 0 ? text : text.slice(0, split)).split("\n");
    if (split < 0 || lines[0] !== HEADER) refuse("proof-malformed");
    if (lines[1]?.startsWith("extra ") && decode64(lines.splice(1, 1)[0].slice(6)) === null) {
      refuse("proof-malformed");
    }
    if (!lines[1]?.startsWith("index ")) refuse("proof-malformed");
    if (lines.length - 2 > MOST.path) {
      refuse("proof-length-wrong", { hashes: lines.length - 2, needed: MOST.path });
    }
    const path = lines.slice(2).map((line) => decode64(line, 32) ?? refuse("proof-malformed"));
    return { index: parseDecimal(lines[1].slice(6)), path, checkpoint: text.slice(split + 2) };
  }

  const leafHash = (data) => sha256(concat(Uint8Array.of(0), data));
  const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

  function pathLength(index, size) {
    const inner = (index ^ (size - 1n)).toString(2).replace(/^0$/, "").length;
    return inner + (index >> BigInt(inner)).toString(2).replaceAll("0", "").length;
  }

  /* RFC 9162, 2.1.3.2 */
  async function rootFromInclusion(index, size, leaf, path) {
    if (index >= size) refuse("leaf-outside-tree", { index, size });
    const wrong = (needed) => refuse("proof-length-wrong", { hashes: path.length, needed });
    let position = index, last = size - 1n, root = leaf;
    for (const [count, sibling] of path.entries()) {
      if (last === 0n) wrong(count);
      if (position & 1n || position === last) {
        root = await nodeHash(sibling, root);
        while (!(position & 1n) && position) {
          position >>= 1n;
          last >>= 1n;
        }
      } else {
        root = await nodeHash(root, sibling);
      }
      position >>= 1n;
      last >>= 1n;
    }
    if (last) wrong(pathLength(index, size));
    return root;
  }

  Object.assign(huiyin, {
    parseVkey, logKey, openCheckpoint, cosignedAt, parseProof, leafHash, rootFromInclusion, equal,
  });
})();
