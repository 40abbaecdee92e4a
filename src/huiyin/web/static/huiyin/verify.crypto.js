/* Hashes and signatures for checking a receipt in the browser.
   The browser's own WebCrypto is used where it is there. It is missing on plain http:// pages, and
   Ed25519 is missing in older browsers: then the same is computed here, from FIPS 180-4 (SHA-2) and
   RFC 8032 (Ed25519, verification only: nothing secret is handled, so nothing must be hidden from
   a clock). What a receipt is, is in verify.receipt.js. */
"use strict";
(() => {
  const huiyin = (globalThis.huiyinVerify ??= {});

  const concat = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const utf8 = (text) => new TextEncoder().encode(text);
  const subtle = () => globalThis.crypto?.subtle;

  // SHA-2 -----------------------------------------------------------------------------------------

  /* The largest whole number whose power `degree` is at most `value`. */
  function root(value, degree) {
    let low = 0n, high = 1n << 80n;
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** degree <= value) low = middle;
      else high = middle;
    }
    return low;
  }

  let constants = null;

  /* FIPS 180-4, 4.2 and 5.3: fractional parts of cube and square roots of the first primes. */
  function makeConstants() {
    const primes = [];
    for (let n = 2n; primes.length < 80; n++) if (primes.every((p) => n % p)) primes.push(n);
    const part = (value) => BigInt.asUintN(64, value);
    return {
      rounds: primes.map((p) => part(root(p << 192n, 3n))),
      start: primes.slice(0, 8).map((p) => part(root(p << 128n, 2n))),
    };
  }

  const SHAPES = {
    256: { word: 32n, rounds: 64, sums: [[2n, 13n, 22n], [6n, 11n, 25n]], mix: [[7n, 18n, 3n], [17n, 19n, 10n]] },
    512: { word: 64n, rounds: 80, sums: [[28n, 34n, 39n], [14n, 18n, 41n]], mix: [[1n, 8n, 7n], [19n, 61n, 6n]] },
  };

  function ownSha2(bytes, kind) {
    constants ??= makeConstants();
    const { word, rounds, sums, mix } = SHAPES[kind];
    const width = Number(word) / 8, block = 16 * width;
    const fit = (x) => BigInt.asUintN(Number(word), x);
    const cut = (x) => x >> (64n - word);
    const turn = (x, n) => (x >> n) | fit(x << (word - n));
    const sum = (x, [a, b, c]) => turn(x, a) ^ turn(x, b) ^ turn(x, c);
    const small = (x, [a, b, c]) => turn(x, a) ^ turn(x, b) ^ (x >> c);
    const data = pad(bytes, block);
    let state = constants.start.map(cut);
    for (let at = 0; at < data.length; at += block) {
      const w = [];
      for (let t = 0; t < rounds; t++) {
        w[t] = t < 16
          ? BigInt("0x" + hex(data.subarray(at + t * width, at + (t + 1) * width)))
          : fit(small(w[t - 2], mix[1]) + w[t - 7] + small(w[t - 15], mix[0]) + w[t - 16]);
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let t = 0; t < rounds; t++) {
        const one = h + sum(e, sums[1]) + ((e & f) ^ (fit(~e) & g)) + cut(constants.rounds[t]) + w[t];
        const two = sum(a, sums[0]) + ((a & b) ^ (a & c) ^ (b & c));
        [a, b, c, d, e, f, g, h] = [fit(one + two), a, b, c, fit(d + one), e, f, g];
      }
      state = [a, b, c, d, e, f, g, h].map((value, n) => fit(value + state[n]));
    }
    const out = state.map((value) => value.toString(16).padStart(2 * width, "0")).join("");
    return Uint8Array.from(out.match(/../g), (pair) => parseInt(pair, 16));
  }

  function pad(bytes, block) {
    const bits = BigInt(bytes.length) * 8n;
    const length = Math.ceil((bytes.length + 1 + block / 8) / block) * block;
    const data = new Uint8Array(length);
    data.set(bytes);
    data[bytes.length] = 0x80;
    for (let n = 0n; n < 8n; n++) data[length - 1 - Number(n)] = Number((bits >> (8n * n)) & 255n);
    return data;
  }

  async function sha2(bytes, kind) {
    const own = subtle();
    return own ? new Uint8Array(await own.digest(`SHA-${kind}`, bytes)) : ownSha2(bytes, kind);
  }

  const sha256 = (bytes) => sha2(bytes, 256);

  /* RFC 2104 with a key of 32 bytes, which is shorter than a block. */
  async function hmac(key, bytes) {
    const padded = (byte) => Uint8Array.from({ length: 64 }, (_, n) => (key[n] ?? 0) ^ byte);
    return sha256(concat(padded(0x5c), await sha256(concat(padded(0x36), bytes))));
  }

  // Ed25519 (RFC 8032, 5.1) -------------------------------------------------------------------------

  const P = 2n ** 255n - 19n;
  const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (x, by = P) => ((x % by) + by) % by;

  function power(base, exponent) {
    let result = 1n;
    for (let b = mod(base); exponent > 0n; exponent >>= 1n, b = mod(b * b)) {
      if (exponent & 1n) result = mod(result * b);
    }
    return result;
  }

  const invert = (x) => power(x, P - 2n);
  const D = mod(-121665n * invert(121666n));
  const ROOT = power(2n, (P - 1n) / 4n); // a square root of -1
  const ZERO = [0n, 1n, 1n, 0n];

  const number = (bytes) => BigInt("0x" + (hex(Uint8Array.from(bytes).reverse()) || "0"));

  /* A point (X, Y, Z, T), or null if the bytes are none (5.1.3). */
  function decode(bytes) {
    const raw = number(bytes), sign = raw >> 255n, y = mod(raw & (2n ** 255n - 1n));
    const u = mod(y * y - 1n), v = mod(D * y * y + 1n);
    let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
    if (mod(v * x * x) === mod(-u)) x = mod(x * ROOT);
    if (mod(v * x * x) !== u) return null;
    if ((x & 1n) !== sign) x = mod(-x);
    return [x, y, 1n, mod(x * y)];
  }

  function encode([x, y, z]) {
    const inverse = invert(z), value = mod(y * inverse) | ((mod(x * inverse) & 1n) << 255n);
    return Uint8Array.from({ length: 32 }, (_, n) => Number((value >> BigInt(8 * n)) & 255n));
  }

  /* 5.1.4 */
  function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
    const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2));
    const c = mod(2n * t1 * D * t2), d = mod(2n * z1 * z2);
    const e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  }

  function times(scalar, point) {
    let result = ZERO;
    for (; scalar > 0n; scalar >>= 1n, point = add(point, point)) {
      if (scalar & 1n) result = add(result, point);
    }
    return result;
  }

  const BASE_Y = mod(4n * invert(5n));
  const BASE = decode(Uint8Array.from({ length: 32 }, (_, n) => Number((BASE_Y >> BigInt(8 * n)) & 255n)));

  /* 5.1.7, without the cofactor, as the common libraries do it. */
  async function ownEd25519(key, signature, message) {
    const point = decode(key), s = number(signature.subarray(32));
    if (signature.length !== 64 || point === null || s >= ORDER) return false;
    const first = signature.subarray(0, 32);
    const k = mod(number(await sha2(concat(first, key, message), 512)), ORDER);
    const minus = [mod(-point[0]), point[1], 1n, mod(-point[3])];
    return equal(encode(add(times(s, BASE), times(k, minus))), first);
  }

  async function ed25519(key, signature, message) {
    let imported;
    try {
      imported = await subtle().importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return ownEd25519(key, signature, message); // no WebCrypto here, or none that knows Ed25519
    }
    return subtle().verify({ name: "Ed25519" }, imported, signature, message);
  }

  // Base64 ------------------------------------------------------------------------------------------

  const encode64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

  /* Bytes of the one canonical spelling (RFC 4648, 4), otherwise null. */
  function decode64(text, length) {
    if (text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
    let raw;
    try {
      raw = atob(text);
    } catch {
      return null;
    }
    const bytes = Uint8Array.from(raw, (char) => char.charCodeAt(0));
    return btoa(raw) !== text || (length !== undefined && bytes.length !== length) ? null : bytes;
  }

  Object.assign(huiyin, {
    concat, equal, hex, utf8, sha256, hmac, ed25519, encode64, decode64, ownSha2, ownEd25519,
  });
})();
