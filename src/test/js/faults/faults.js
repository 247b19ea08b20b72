// @ts-check
/** What can go wrong, each as something that is done and undone. */

/** @typedef {import('./lab/lab.js').Lab} Lab */
/** @typedef {import('./lab/machine.js').Machine} Machine */
/** @typedef {import('./clients/fleet.js').Fleet} Fleet */
/**
 * @typedef {object} Planned one fault of a plan
 * @property {string} kind
 * @property {number} after seconds since the round began
 * @property {number} seconds it lasts
 * @property {number} machine index of the one it befalls
 * @property {number} other index of another one
 * @property {number} part from 0 to just below 1, for whatever else is to be chosen
 */
/**
 * @typedef {object} Fault
 * @property {(place: Place) => Promise<() => Promise<void>>} strike returns how it is healed
 * @property {boolean} [parts] servers that live cannot hear each other
 * @property {boolean} [bars] clients may be kept from every server they try
 * @property {boolean} [kills] takes servers away for a while
 * @property {boolean} [gentle] lets clients go elsewhere first
 * @property {boolean} [passes] is over as soon as it has struck
 */
/**
 * @typedef {object} Place
 * @property {Lab} lab
 * @property {Fleet} fleet
 * @property {Machine} machine
 * @property {Machine} other
 * @property {number} part
 */

const DELAY_MILLISECONDS_MOST = 200;

/** @type {Record<string, Fault>} */
export const FAULTS = {
  /** A crash; the kernel tells everybody connected. */
  kill: {
    kills: true,
    async strike({ machine }) {
      await machine.kill();
      return () => machine.start();
    },
  },
  'kill-two': {
    kills: true,
    async strike({ machine, other }) {
      await Promise.all([machine.kill(), other.kill()]);
      return async () => {
        await Promise.all([machine.start(), other.start()]);
      };
    },
  },
  /** Power off: nobody is told. */
  vanish: {
    kills: true,
    bars: true,
    async strike({ machine }) {
      const undo = await machine.host.drop(['front', 'back']);
      await machine.kill();
      return async () => {
        await undo();
        await machine.start();
      };
    },
  },
  freeze: {
    parts: true,
    bars: true,
    async strike({ machine }) {
      machine.freeze();
      return async () => machine.thaw();
    },
  },
  /** Two do not hear each other; both hear the third, and the clients. */
  cut: {
    parts: true,
    async strike({ machine, other }) {
      return machine.host.drop(['back'], other.host);
    },
  },
  /** One hears no other; clients reach it. */
  split: {
    parts: true,
    async strike({ machine }) {
      return machine.host.drop(['back']);
    },
  },
  /** One hears nobody. */
  isolate: {
    parts: true,
    bars: true,
    async strike({ machine }) {
      return machine.host.drop(['front', 'back']);
    },
  },
  /** Clients do not reach one; the others do. */
  unreachable: {
    bars: true,
    async strike({ machine }) {
      return machine.host.drop(['front']);
    },
  },
  reset: {
    passes: true,
    async strike({ machine }) {
      await machine.resetClients();
      return async () => {};
    },
  },
  /** Many clients lose their connections at once. */
  blip: {
    passes: true,
    async strike({ fleet, machine, lab, part }) {
      await fleet.cut(lab.machines.indexOf(machine), part);
      return async () => {};
    },
  },
  delay: {
    async strike({ machine, part }) {
      const milliseconds = Math.ceil(part * DELAY_MILLISECONDS_MOST);
      return machine.host.delay('back', milliseconds, milliseconds / 2);
    },
  },
  /** An operator restarts one. */
  restart: {
    kills: true,
    gentle: true,
    async strike({ machine }) {
      await machine.stop();
      return () => machine.start();
    },
  },
  /** An operator drains one, and changes his mind. */
  drain: {
    kills: true,
    gentle: true,
    async strike({ machine }) {
      await machine.post('/drain');
      return () => machine.post('/undrain');
    },
  },
};
