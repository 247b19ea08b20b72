// @ts-check
/**
 * The same frames where WebSocket is blocked: SockJS by long polling, with the face of a WebSocket. One request waits for
 * what the server has to say, another one at a time brings it what this side says.
 */

import { BROKEN } from './closing.js';

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;
/** One request carries so many characters, or a single longer message. */
const BATCH_CHARACTERS = 32_768;
const BATCH_MESSAGES = 100;
/** Browsers let requests of so many bytes outlive their page. */
const KEEPALIVE_BYTES = 60_000;
const CLOSE_WITHIN = 5_000;
const SESSION_BYTES = 16;

export class SockJsSocket {
  OPEN = OPEN;
  readyState = CONNECTING;
  /** @type {((event: any) => void) | null} */
  onopen = null;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {((event: any) => void) | null} */
  onclose = null;
  /** @type {((event: any) => void) | null} */
  onerror = null;
  /** The server shows that it is there. @type {(() => void) | null} */
  onbeat = null;

  #address;
  #fetch;
  #abort = new AbortController();
  /** @type {string[]} */
  #waiting = [];
  #sending = false;

  /**
   * @param {string} url that of the WebSocket
   * @param {typeof globalThis.fetch} fetch
   */
  constructor(url, fetch) {
    this.#address = newSession(url);
    this.#fetch = fetch;
    void this.#receive();
  }

  /** @param {string} text */
  send(text) {
    this.#waiting.push(text);
    if (!this.#sending) void this.#transmit();
  }

  /** What still waits goes with it, and it does not wait for its turn: the page may be about to go. @param {number} [code] */
  close(code = 1000) {
    if (this.readyState === CLOSED) return;
    if (this.readyState === CONNECTING) return this.#end(BROKEN);
    this.readyState = CLOSED;
    const body = JSON.stringify([...this.#waiting, JSON.stringify({ type: 'close', code })]);
    const told = this.#post('xhr_send', body, {
      keepalive: new TextEncoder().encode(body).length < KEEPALIVE_BYTES,
      signal: AbortSignal.timeout(CLOSE_WITHIN),
    });
    told.catch(() => {}).finally(() => this.#finish(code));
  }

  async #receive() {
    try {
      while (this.readyState !== CLOSED) {
        const frames = await this.#post('xhr', '', { signal: this.#abort.signal });
        for (const frame of frames.split('\n')) if (frame) this.#take(frame);
      }
    } catch {
      this.#end(BROKEN);
    }
  }

  async #transmit() {
    this.#sending = true;
    try {
      while (this.#waiting.length > 0 && this.readyState !== CLOSED) {
        await this.#post('xhr_send', JSON.stringify(this.#batch()), { signal: this.#abort.signal });
      }
    } catch {
      this.#end(BROKEN);
    }
    this.#sending = false;
  }

  /** @returns {string[]} the oldest of what waits, in order */
  #batch() {
    let count = 0;
    let characters = 0;
    for (const { length } of this.#waiting) {
      characters += length;
      if (count > 0 && (characters > BATCH_CHARACTERS || count === BATCH_MESSAGES)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** @param {string} frame */
  #take(frame) {
    if (this.readyState === CLOSED) return;
    if (frame === 'o' && this.readyState === CONNECTING) {
      this.readyState = OPEN;
      this.onopen?.({});
    } else if (frame === 'h') {
      this.onbeat?.();
    } else if (frame[0] === 'a' && this.readyState === OPEN) {
      for (const text of JSON.parse(frame.slice(1))) this.#hear(text);
    } else {
      this.#end(BROKEN); // a close without a code, or a session that the server no longer knows
    }
  }

  /** @param {string} text */
  #hear(text) {
    const code = closeCode(text);
    if (code !== undefined) this.#end(code);
    else if (this.readyState === OPEN) this.onmessage?.({ data: text });
  }

  /**
   * @param {string} what
   * @param {string} body
   * @param {RequestInit} init
   */
  async #post(what, body, init) {
    const fetch = this.#fetch; // a browser's own must not be called as a method
    const headers = { 'content-type': 'text/plain;charset=utf-8' }; // with this one nobody has to ask for leave first
    const answer = await fetch(this.#address + what, { method: 'POST', credentials: 'omit', headers, body, ...init });
    if (!answer.ok) throw new Error(`${what}: ${answer.status}`);
    return answer.text();
  }

  /** @param {number} code */
  #end(code) {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.#finish(code);
  }

  /** @param {number} code */
  #finish(code) {
    this.#abort.abort();
    this.onclose?.({ code, reason: '' });
  }
}

/**
 * An address of its own: all its requests have the first four parts of the path in common, and a balancer that goes by these
 * keeps them on one server.
 *
 * @param {string} url
 */
function newSession(url) {
  const address = new URL('sockjs/', url);
  address.protocol = address.protocol.replace('ws', 'http');
  const bytes = [...crypto.getRandomValues(new Uint8Array(SESSION_BYTES))];
  const tag = String(((bytes[0] << 8) + bytes[1]) % 1000).padStart(3, '0');
  const session = bytes.map(byte => byte.toString(16).padStart(2, '0')).join('');
  return `${address.href}${tag}/${session}/`;
}

/**
 * @param {string} text
 * @returns {number | undefined} where it is the last frame, which stands for the close code
 */
function closeCode(text) {
  if (!text.includes('"close"')) return undefined;
  const { type, code = 1000 } = JSON.parse(text);
  return type === 'close' ? code : undefined;
}
