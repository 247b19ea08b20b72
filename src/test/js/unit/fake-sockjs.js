// @ts-check
/** A SockJS server that does what a test says: its requests stay open until they are answered. */

/** @typedef {{path: string, body: any, init: RequestInit, answer: (status: number, text?: string) => void, fail: () => void}} Call */

const HEAD = /^http:\/\/host\/prefix\/v1\/sockjs\/(\d{3}\/[0-9a-f]{32})\/(xhr|xhr_send)$/;

export class FakeSockJs {
  /** @type {string[]} the sessions that were begun, oldest first */
  sessions = [];
  /** @type {Call[]} not answered yet */
  open = [];

  /**
   * @param {string | URL | Request} url
   * @param {RequestInit} [init]
   * @returns {Promise<Response>}
   */
  fetch = (url, init = {}) => {
    const [, session, path] = HEAD.exec(String(url)) ?? [];
    if (!session) throw new Error(`not an address of SockJS: ${url}`);
    if (!this.sessions.includes(session)) this.sessions.push(session);
    return new Promise((resolve, reject) => {
      /** @param {() => void} outcome */
      const settle = outcome => {
        this.open = this.open.filter(other => other !== call);
        outcome();
      };
      /** @type {Call} */
      const call = {
        path,
        body: init.body ? JSON.parse(String(init.body)) : undefined,
        init,
        answer: (status, text) => settle(() => resolve(new Response(status === 204 ? null : text, { status }))),
        fail: () => settle(() => reject(new TypeError('network'))),
      };
      init.signal?.addEventListener('abort', () => settle(() => reject(init.signal?.reason)));
      this.open.push(call);
    });
  };

  /** @param {'xhr' | 'xhr_send'} path @returns {Call} the oldest one that is open */
  call(path) {
    const found = this.open.find(call => call.path === path);
    if (!found) throw new Error(`${path}: not asked, only ${this.open.map(call => call.path)}`);
    return found;
  }

  /** @param {string[]} frames what the waiting poll is answered */
  say(...frames) {
    this.call('xhr').answer(200, frames.map(frame => `${frame}\n`).join(''));
  }

  /** @param {Record<string, any>[]} frames the same, as messages */
  tell(...frames) {
    this.say(`a${JSON.stringify(frames.map(frame => JSON.stringify(frame)))}`);
  }

  /** Takes what is sent. @returns {Record<string, any>[]} */
  take() {
    const call = this.call('xhr_send');
    call.answer(204);
    return call.body.map((/** @type {string} */ text) => JSON.parse(text));
  }
}
