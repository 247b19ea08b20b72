// @ts-check
/** The judge of the fault suite: each broken promise is found, and what a fault explains is not held against anybody. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disagreement, leftover } from '../faults/judge/agreement.js';
import { halfOver } from '../faults/judge/calls.js';
import { Judge } from '../faults/judge/judge.js';
import { round } from '../faults/plan.js';

const WINDOW = 6_000;

/** A story told to a judge, on a clock of its own. */
class Story {
  judge = new Judge(WINDOW, 30_000);
  /** Troubles begin later. */
  #start = Date.now() - 100;

  /** @param {number} seconds @param {number} client @param {Record<string, any>} event */
  at(seconds, client, event) {
    this.judge.take(/** @type {any} */ ({ at: this.#start + seconds * 1000, client, peer: `p${client}`, ...event }));
    return this;
  }

  /** @param {number[]} clients */
  welcome(...clients) {
    for (const client of clients) this.at(0, client, { what: 'welcome', resumed: false, user: `u${client}`, since: 0 });
    return this;
  }

  /** @param {number} seconds @param {number} client is not who it was, having heard last at `since` */
  replaced(seconds, client, since = seconds) {
    return this.at(seconds, client, { what: 'welcome', peer: `q${client}`, resumed: false, user: 'u', since: this.#start + since * 1000 });
  }

  /** @param {number} n @param {number} [seconds] */
  sent(n, seconds = 1) {
    return this.at(seconds, 1, { what: 'sent', to: 'p2', n });
  }

  /** @param {number} n @param {Record<string, any>} [fields] */
  got(n, fields) {
    return this.at(1, 2, { what: 'got', from: 'p1', origin: 'p1', to: 'p2', n, ...fields });
  }

  /** @param {number} client @param {string[]} others */
  joined(client, ...others) {
    const peers = others.map((peer, index) => ({ peer, order: index + 1 }));
    return this.at(0, client, { what: 'joined', room: 'r', capacity: 2, order: others.length + 1, peers });
  }

  /** @param {string[]} rules */
  finds(...rules) {
    this.judge.settle();
    assert.deepEqual(this.judge.violations.map(({ rule }) => rule), rules);
  }
}

const pair = () => new Story().welcome(1, 2);
const room = () => new Story().welcome(1, 2).joined(1).joined(2, 'p1').at(0, 1, { what: 'peer-joined', room: 'r', other: 'p2', order: 2 });

test('all that was sent has arrived in order', () => pair().sent(1).got(1).sent(2).got(2).finds());
test('whoever reports first, the receiver or the sender', () => pair().got(1).got(2).sent(1).sent(2).finds());
test('the last one is lost', () => pair().sent(1).sent(2).got(1).finds('lost'));
test('one between is lost', () => pair().sent(1).sent(2).sent(3).got(1).got(3).finds('lost'));
test('one is doubled', () => pair().sent(1).got(1).got(1).finds('doubled'));
test('one is doubled after others', () => pair().sent(1).sent(2).got(1).got(2).got(1).finds('doubled'));
test('one is doubled after a rest', () => {
  const story = pair().sent(1).got(1);
  story.judge.settle();
  story.got(1).finds('doubled');
});
test('two are out of order', () => pair().sent(1).sent(2).got(2).got(1).finds('out of order'));
test('one is for somebody else', () => pair().sent(1).got(1).got(1, { to: 'p3' }).finds('misdelivered'));
test('one is refused though both live', () => pair().sent(1).at(1, 1, { what: 'failed', to: 'p2', n: 1, code: 'unavailable' }).finds('refused'));
test('nothing is lost by who is gone', () => pair().sent(1).at(2, 2, { what: 'over', how: 'closed' }).finds());
test('a gap is lost also by who is gone', () => pair().sent(1).sent(2).got(2).at(2, 2, { what: 'over', how: 'closed' }).finds('lost'));

test('a session is not resumed in time', () => pair().replaced(3, 2, 1).finds('not resumed'));
test('a session is not resumed after the window, and nothing kept the client away', () => pair().replaced(9, 2, 1).finds('not resumed'));
test('a session is not resumed after the window, when all were out of reach', () => {
  const story = pair();
  story.judge.troubles.begin({ kind: 'isolate', parts: false, bars: true });
  story.replaced(9, 2, 1).finds();
});

const left = { what: 'peer-left', room: 'r', other: 'p2', reason: 'lost' };
test('a member is seen to join twice', () => room().at(1, 1, { what: 'peer-joined', room: 'r', other: 'p2', order: 2 }).finds('joined twice'));
test('a stranger is seen to leave', () => room().at(1, 1, { ...left, other: 'p3' }).finds('left without having joined'));
test('a stranger is seen to change', () => room().at(1, 1, { what: 'peer-updated', room: 'r', other: 'p3' }).finds('update of a stranger'));
test('a member that is there is seen to leave', () => room().at(1, 1, left).finds('left though there'));
const joining = { what: 'joining', room: 'r' };
test('a member is seen to leave that joins anew, since its join ended with its server', () =>
  room().at(1, 2, joining).at(1.2, 2, joining).at(1.4, 1, left).finds());
test('a member is seen to leave that joins again after it was in', () => room().at(1, 2, joining)
  .at(1.1, 2, { what: 'joined', room: 'r', capacity: 250, order: 3, peers: [] }).at(1.2, 2, joining).at(1.4, 1, left).finds('left though there'));
test('a member that asked to leave is seen to', () => room().at(1, 2, { what: 'leaving', room: 'r' }).at(1, 1, { ...left, reason: 'left' }).finds());
test('a member that crashed is given up too early', () => room().at(1, 2, { what: 'over', how: 'crashed' }).at(3, 1, left).finds('given up too early'));
test('a member that crashed is given up when its window is over', () => room().at(1, 2, { what: 'over', how: 'crashed' }).at(7, 1, left).finds());
const offline = { what: 'line', state: 'waiting', code: 1006 };
test('a member that crashed had lost its connection before', () => room().at(1, 2, offline).at(3, 2, { what: 'line', state: 'connecting' })
  .at(4, 2, { what: 'over', how: 'crashed' }).at(7, 1, left).finds());
test('a member that crashed had lost its connection before, and had a new one', () => room().at(1, 2, offline).at(3, 2, { what: 'line', state: 'online' })
  .at(4, 2, { what: 'over', how: 'crashed' }).at(7, 1, left).finds('given up too early'));
test('a member that crashed is said to have left', () =>
  room().at(1, 2, { what: 'over', how: 'crashed' }).at(7, 1, { ...left, reason: 'left' }).finds('said to have left'));
test('who left is still heard in the room', () => room().at(1, 2, { what: 'leaving', room: 'r' }).at(1, 1, { ...left, reason: 'left' })
  .at(2, 1, { what: 'heard', by: 'room', name: 'r', from: 'p2', origin: 'p2', n: 1 }).finds('by the room from a stranger'));
test('what was cast arrives twice', () => room().at(1, 1, { what: 'heard', by: 'room', name: 'r', from: 'p2', origin: 'p2', n: 1 })
  .at(2, 1, { what: 'heard', by: 'room', name: 'r', from: 'p2', origin: 'p2', n: 1 }).finds('cast doubled'));
test('what was cast arrives late', () => room().at(1, 1, { what: 'heard', by: 'room', name: 'r', from: 'p2', origin: 'p2', n: 2 })
  .at(2, 1, { what: 'heard', by: 'room', name: 'r', from: 'p2', origin: 'p2', n: 1 }).finds('cast out of order'));
test('a third one is in a room for two', () => room().welcome(3).at(2, 3, { what: 'joined', room: 'r', capacity: 2, order: 3, peers: [] }).finds('over capacity'));
test('a third one is in a room for two after one has left', () => room().welcome(3).at(1, 2, { what: 'leaving', room: 'r' })
  .at(2, 3, { what: 'joined', room: 'r', capacity: 2, order: 3, peers: [] }).finds());

test('a third one is in a room for two while one is away that is not resumed', () => room().welcome(3).replaced(3, 2, 1)
  .at(2, 3, { what: 'joined', room: 'r', capacity: 2, order: 3, peers: [] }).finds('not resumed'));

const parted = () => {
  const story = room();
  story.judge.troubles.begin({ kind: 'split', parts: true, bars: false });
  return story;
};
const missed = { what: 'peer-left', room: 'r', other: 'p2', reason: 'lost' };
/** Away a moment after the split began. */
const back = (user = 'u2') => ({ what: 'welcome', resumed: true, user, since: Date.now() + 500 });
test('one who stayed where it was is missed in a split', () => parted().at(3, 1, missed).finds('left though there'));
test('one who came to this side of a split is missed', () => parted().at(1, 2, back()).at(3, 1, missed).finds('left though there'));
test('one who was away when a split began, and came to this side of it, is missed', () => parted()
  .at(1, 2, { ...back(), since: Date.now() - 5_000 }).at(3, 1, missed).finds());
test('one who changed on the other side of a split, and then came to this one, is missed', () => parted()
  .at(1, 2, { what: 'joined', room: 's', capacity: 2, order: 1, peers: [] }).at(2, 2, back()).at(3, 1, missed).finds());
test('one who changed on the other side of a split is missed by one who came from there', () => parted()
  .at(1, 2, { what: 'joined', room: 's', capacity: 2, order: 1, peers: [] }).at(2, 1, back('u1')).at(3, 1, missed).finds());
test('one who crashed while it joined on the other side of a split is missed by one who came from there', () => parted()
  .at(1, 2, { what: 'joining', room: 'r' }).at(2, 2, { what: 'over', how: 'crashed' }).at(3, 1, back('u1')).at(4, 1, missed).finds());

/** @param {Story} story */
const late = story => story.at(3, 1, { what: 'heard', by: 'room', name: 'r', from: 'p2', origin: 'p2', n: 2 })
  .at(5, 1, { what: 'heard', by: 'room', name: 'r', from: 'p2', origin: 'p2', n: 1 });
test('what was cast in a split arrives late where only its sender came from the other side', () =>
  late(parted().at(1, 2, back())).finds('cast out of order'));
test('what was cast in a split arrives late where its sender and its receiver may have been together on both sides', () =>
  late(parted().at(1, 2, back()).at(4, 1, back('u1'))).finds());

/** @param {Story} story @param {string} to */
const refused = (story, to) => story.at(2, 1, { what: 'sent', to, n: 1 }).at(2, 1, { what: 'failed', to, n: 1, code: 'peer-unreachable' });
test('one who was there before a split is refused in it', () => refused(parted(), 'p2').finds('refused'));
test('one who began in a split is refused in it', () => refused(parted()
  .at(1, 3, { what: 'welcome', resumed: false, user: 'u3', since: 0 }), 'p3').finds());

test('a call ends twice', () => pair().at(1, 1, { what: 'call', call: 'c', step: 'begin' })
  .at(2, 1, { what: 'call', call: 'c', step: 'ended-it' }).at(3, 1, { what: 'call', call: 'c', step: 'end', reason: 'lost' }).finds('call ended twice'));

/** @param {number} client @param {Partial<import('../faults/clients/events.js').Snapshot>} [fields] */
const snapshot = (client, fields) => ({
  client, state: 'online', peer: `p${client}`, user: `u${client}`, rooms: {}, topics: [], presence: {}, calls: {}, open: 0, ...fields,
});
const sessions = { p1: 'n.0', p2: 'n.0' };
/** @param {Record<string, any>} [node] @param {Record<string, any>} [directory] */
const state = (node, directory) => [{
  nodes: [{ node: 'n.0', peers: ['p1', 'p2'], away: [], gone: {}, rooms: {}, topics: {}, users: {}, calls: { made: {}, incoming: {} }, ...node }],
  directory: { sessions, rooms: {}, topics: {}, users: {}, ...directory },
}];
const both = [snapshot(1), snapshot(2)];
const inRoom = [
  snapshot(1, { rooms: { r: { order: 1, capacity: 2, peers: [{ peer: 'p2', order: 2 }] } } }),
  snapshot(2, { rooms: { r: { order: 2, capacity: 2, peers: [{ peer: 'p1', order: 1 }] } } }),
];
const rooms = { r: { roster: { p1: { node: 'n.0', order: 1 }, p2: { node: 'n.0', order: 2 } } } };
const seats = { r: { seats: { 'n.0': { members: 2, lastJoin: 2 } } } };

test('clients, servers and directory agree', () => {
  assert.equal(disagreement(both, state()), undefined);
  assert.equal(disagreement(inRoom, state({ rooms }, { rooms: seats })), undefined);
});
test('clients, servers and directory do not agree', () => {
  const wrong = [
    disagreement([both[0], snapshot(2, { state: 'waiting' })], state()),
    disagreement([both[0], snapshot(2, { open: 1 })], state()),
    disagreement([both[0], snapshot(2, { presence: { u1: 2 } })], state()),
    disagreement([inRoom[0], both[1]], state({ rooms }, { rooms: seats })),
    disagreement(inRoom, state({ rooms: { r: { roster: { p1: rooms.r.roster.p1 } } } }, { rooms: seats })),
    disagreement(inRoom, state({ rooms }, { rooms: { r: { seats: { 'n.0': { members: 3 } } } } })),
    disagreement(both, state({ peers: ['p1'] })),
    disagreement(both, [...state({ topics: { t: { 'n.0': 1, 'n.1': 2 } } }), ...state({ node: 'n.1', peers: [], topics: { t: { 'n.1': 2 } } })]),
    disagreement(both, state({ peers: ['p1', 'p2', 'p3'] })),
    disagreement(both, state({}, { sessions: { ...sessions, p3: 'n.1' } })),
  ];
  assert.deepEqual(wrong.filter(problem => problem === undefined), []);
});
test('something is left over', () => {
  assert.equal(leftover(state({ peers: [] }, { sessions: {} }), ['sessions', 'rooms']), undefined);
  assert.ok(leftover(state({ peers: [] }), ['sessions', 'rooms']));
  assert.ok(leftover(state({}, { sessions: {} }), ['sessions', 'rooms']));
});
test('a call is over for one of two', () => {
  assert.equal(halfOver([snapshot(1, { calls: { c: 'accepted' } }), snapshot(2, { calls: { c: 'accepted' } })]), undefined);
  assert.equal(halfOver([snapshot(1, { calls: { c: 'accepted' } }), both[1]]), 'c');
  assert.equal(halfOver([snapshot(1, { calls: { c: 'accepted' } }), snapshot(2, { calls: { c: 'ringing' } })]), 'c');
});

const kinds = ['kill', 'freeze', 'reset'];
const plan = (/** @type {number} */ seed) => Array.from({ length: 20 }, (_, number) => round(seed, number, { kinds, window: 6, brief: false }));
test('a seed is always the same plan', () => {
  assert.deepEqual(plan(7), plan(7));
  assert.notDeepEqual(plan(7), plan(8));
});
test('every kind of fault comes within as many rounds', () => {
  assert.deepEqual(plan(7).slice(0, 3).map(({ faults }) => faults[0].kind).sort(), [...kinds].sort());
});
