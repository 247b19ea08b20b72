// @ts-check
/** What may be said on the command line. */

import { parseArgs } from 'node:util';
import { FAULTS } from './faults.js';

const PARTING = Object.keys(FAULTS).filter(kind => FAULTS[kind].parts);
/** One round of each. */
const SHORT = ['kill', 'restart'];
const HELP = `Random operations of seeded clients against three real servers, with faults drawn from the same seed.

  --seed S        draws the same operations and faults again; default: another one each time
  --rounds N      rounds of faults, each followed by a rest in which everything must agree; default 10
  --minutes M     instead: as many rounds as begin in that time
  --clients N     default 60
  --processes N   that the clients share; default 2
  --rate R        operations of each client in a second; default 1.5
  --window S      seconds for which a session may be resumed; default 12
  --via WAY       balancer, direct (any server that accepts) or both, half of the clients each; default both
  --instances N   of each server; default 1
  --faults A,B    draws from these only: ${Object.keys(FAULTS).join(', ')}
  --no-partition  draws none of: ${PARTING.join(', ')}
  --log LEVEL     of the servers; default info
  --folder F      for logs and violations; default target/faults/SEED
  --events        writes everything that clients report into that folder
  --short         ${SHORT.join(', ')}, each once and briefly, for a build`;

export function options() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' }, rounds: { type: 'string' }, minutes: { type: 'string' }, clients: { type: 'string' },
      processes: { type: 'string' }, rate: { type: 'string' }, window: { type: 'string' }, via: { type: 'string' },
      instances: { type: 'string' }, log: { type: 'string' }, faults: { type: 'string' }, 'no-partition': { type: 'boolean' }, folder: { type: 'string' },
      events: { type: 'boolean' }, short: { type: 'boolean' }, help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const seed = number('seed', values.seed, Date.now() % 1_000_000);
  const kinds = values.faults?.split(',') ?? (values.short ? SHORT : Object.keys(FAULTS));
  for (const kind of kinds) if (!(kind in FAULTS)) throw new Error(`--faults: ${kind} (expected: some of ${Object.keys(FAULTS).join(', ')})`);
  const via = values.via ?? 'both';
  if (!['balancer', 'direct', 'both'].includes(via)) throw new Error(`--via: ${via} (expected: balancer, direct or both)`);
  return {
    seed,
    rounds: values.minutes ? Infinity : number('rounds', values.rounds, values.short ? SHORT.length : 10),
    minutes: number('minutes', values.minutes, Infinity),
    clients: number('clients', values.clients, values.short ? 40 : 60),
    processes: number('processes', values.processes, 2),
    rate: number('rate', values.rate, 1.5),
    window: number('window', values.window, 12),
    instances: number('instances', values.instances, 1),
    log: values.log ?? 'info',
    kinds: values['no-partition'] ? kinds.filter(kind => !PARTING.includes(kind)) : kinds,
    folder: values.folder ?? `${import.meta.dirname}/../../../../target/faults/${seed}`,
    via,
    events: values.events ?? false,
    short: values.short ?? false,
  };
}

/** @param {string} name @param {string | undefined} text @param {number} otherwise */
function number(name, text, otherwise) {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value >= 0)) throw new Error(`--${name}: ${text} (expected: a number)`);
  return value;
}
