// @ts-check
/** The sound of a telephone, without a file. Made after a click, or browsers keep it silent. */

/** @typedef {[hertz: number, from: number, seconds: number]} Note */

/** @type {Note[]} */
const RING = [[659, 0, 0.16], [784, 0.18, 0.16], [659, 0.36, 0.16], [784, 0.54, 0.16], [659, 0.72, 0.16], [784, 0.9, 0.3]];
/** @type {Note[]} what the caller hears meanwhile */
const RING_BACK = [[425, 0, 1]];

export class Ringer {
  #context = new AudioContext();
  #out = this.#context.createGain();
  /** @type {Note[] | undefined} what it plays */
  #playing;
  #timer = 0;

  constructor() {
    this.#out.connect(this.#context.destination);
  }

  ring() {
    this.#play(RING, 3_000, 0.25);
    navigator.vibrate?.([400, 200, 400]);
  }

  ringBack() {
    this.#play(RING_BACK, 4_000, 0.06);
  }

  silence() {
    clearInterval(this.#timer);
    this.#playing = undefined;
    this.#out.gain.value = 0;
  }

  close() {
    this.silence();
    void this.#context.close();
  }

  /**
   * @param {Note[]} notes
   * @param {number} every milliseconds
   * @param {number} volume
   */
  #play(notes, every, volume) {
    if (this.#playing === notes) return;
    this.silence();
    this.#playing = notes;
    void this.#context.resume();
    this.#out.gain.value = volume;
    const once = () => {
      for (const note of notes) this.#sound(note);
    };
    once();
    this.#timer = window.setInterval(once, every);
  }

  /** @param {Note} note */
  #sound([hertz, from, seconds]) {
    const start = this.#context.currentTime + from;
    const tone = this.#context.createOscillator();
    const envelope = this.#context.createGain();
    tone.frequency.value = hertz;
    envelope.gain.setValueAtTime(0, start);
    envelope.gain.linearRampToValueAtTime(1, start + 0.02);
    envelope.gain.setValueAtTime(1, start + seconds - 0.02);
    envelope.gain.linearRampToValueAtTime(0, start + seconds);
    tone.connect(envelope).connect(this.#out);
    tone.start(start);
    tone.stop(start + seconds);
  }
}
