// @ts-check
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { connect } from '../../../../webroot/heliograph.js';
import { Cluster } from './cluster.js';
import { until, within } from './server.js';

/** @typedef {import('../../../../webroot/heliograph.js').Client} Client */

/** @type {Cluster} */
let cluster;
/** @type {Client[]} */
let clients = [];

before(async () => void (cluster = await Cluster.start({ SESSION_WINDOW: 3 })), { timeout: 120_000 });
after(async () => cluster?.stop(), { timeout: 120_000 });

afterEach(async () => {
  for (const client of clients) client.close();
  clients = [];
  await until('nobody left', peers, counts => counts.every(count => count === 0));
});

const limits = { timeout: 60_000 };

function peers() {
  return Promise.all(cluster.servers.map(server => server.peers()));
}

/** A user's client without a browser, and ways to break its connection for a moment and for good. @param {string} user */
async function online(user) {
  /** @type {WebSocket[]} */
  const sockets = [];
  let reachable = true;
  class Socket extends WebSocket {
    /** @param {string} url @param {string} protocol */
    constructor(url, protocol) {
      super(reachable ? url : 'ws://127.0.0.1:1/', protocol);
      sockets.push(this);
    }
  }
  const url = new URL('/v1/ws', cluster.origin.replace('http', 'ws'));
  const client = connect({ url, user, WebSocket: Socket, random: () => 0.02 });
  clients.push(client);
  await client.ready;
  const cut = () => sockets.at(-1)?.terminate();
  const vanish = () => {
    reachable = false;
    cut();
  };
  return { client, cut, vanish };
}

/** Ann and Bob on different nodes. */
async function two() {
  const [ann, bob] = [await online('ann'), await online('bob')];
  assert.deepEqual(await peers(), [1, 1]);
  return { ann, bob };
}

/** @param {Client} client @param {unknown[]} wanted the data of the next messages */
async function hears(client, wanted) {
  /** @type {unknown[]} */
  const heard = [];
  await within(10_000, 'messages', new Promise(resolve => client.on('message', ({ data }) => {
    if (heard.push(data) === wanted.length) resolve(undefined);
  })));
  assert.deepEqual(heard, wanted);
}

test('topics, presence and questions reach another node', limits, async () => {
  const { ann, bob } = await two();
  await bob.client.subscribe('news');
  await bob.client.watch(['ann', 'nobody']);
  assert.deepEqual([...bob.client.presence].sort(), [['ann', 1], ['nobody', 0]]);
  const hearing = hears(bob.client, ['rain', 'hello']);
  await ann.client.publish('news', 'rain');
  await ann.client.relay('message', { user: 'bob' }, 'hello');
  await hearing;
  bob.client.on('message', ({ data, reply }) => void reply?.(data * 2));
  assert.equal(await ann.client.ask({ user: 'bob' }, 21, { timeout: 5_000 }), 42);
  await assert.rejects(ann.client.ask({ user: 'nobody' }, 1), { code: 'user-offline' });
});

test('a lost connection loses nothing: the session goes on, and what waited on either side arrives', limits, async () => {
  const { ann, bob } = await two();
  await Promise.all([ann.client.subscribe('from-bob'), bob.client.subscribe('news'), bob.client.watch(['ann'])]);
  const former = bob.client.peer;
  bob.cut();
  await until('cut off', async () => bob.client.state, state => state === 'waiting');
  const hearing = Promise.all([hears(ann.client, [0, 1, 2, 3]), hears(bob.client, ['meanwhile', 'again'])]);
  const toPeer = bob.client.relay('message', { to: ann.client.peer ?? '' }, 0);
  await Promise.all([toPeer, ...[1, 2, 3].map(each => bob.client.publish('from-bob', each)), ann.client.publish('news', 'meanwhile')]);
  assert.equal(bob.client.peer, former);
  await ann.client.publish('news', 'again');
  await hearing;
  ann.client.close();
  await until('Ann is gone', async () => bob.client.presence.get('ann'), count => count === 0);
});

test('relays from peer to peer are confirmed end to end, through both nodes', limits, async () => {
  const { ann: { client: ann }, bob: { client: bob } } = await two();
  const numbers = Array.from({ length: 300 }, (_, index) => index);
  const hearing = Promise.all([hears(ann, numbers), hears(bob, numbers)]);
  for (const n of numbers) {
    void ann.relay('message', { to: bob.peer ?? '' }, n);
    void bob.relay('message', { to: ann.peer ?? '' }, n);
  }
  await hearing;
  for (const client of [ann, bob]) {
    await until('confirmed', async () => client.delivery, ({ pending }) => pending === 0);
    assert.deepEqual(client.delivery, { resent: 0, duplicates: 0, pending: 0 });
  }
});

test('a client that knows nothing of confirmations gets what is meant for it and nothing else', limits, async () => {
  const { client } = await online('ann');
  const plain = new WebSocket(new URL('/v1/ws', cluster.origin.replace('http', 'ws')));
  /** @type {(frame: any) => void} */
  let take = () => {};
  plain.on('message', text => take(JSON.parse(String(text))));
  const next = () => within(10_000, 'a frame', new Promise(resolve => void (take = resolve)));
  await within(10_000, 'open', new Promise(resolve => plain.on('open', resolve)));
  plain.send(JSON.stringify({ type: 'hello' }));
  const { peer } = await next();
  for (const turn of [1, 2]) {
    await Promise.all([next().then(({ data }) => assert.equal(data, turn)), client.relay('offer', { to: peer }, turn)]);
    const answered = client.next('answer');
    plain.send(JSON.stringify({ type: 'answer', to: client.peer, data: turn }));
    assert.deepEqual(await within(10_000, 'answer', answered), { type: 'answer', from: peer, data: turn });
  }
  await until('nothing is kept for it', async () => client.delivery.pending, pending => pending === 0);
  plain.close();
});

test('a call whose caller is cut off goes on, and ends as lost when the caller does not come back', limits, async () => {
  const { ann, bob } = await two();
  const incoming = bob.client.next('call');
  const call = ann.client.call('bob', { data: { video: true } });
  const rung = await within(10_000, 'ringing', incoming);
  assert.deepEqual([rung.user, rung.data, rung.peer], ['ann', { video: true }, ann.client.peer]);
  const accepted = call.next('accepted');
  await rung.accept('hi');
  assert.equal((await accepted).data, 'hi');
  /** @type {string[]} */
  const ended = [];
  for (const side of [call, rung]) side.on('ended', ({ reason }) => void ended.push(reason));
  const back = new Promise(resolve => ann.client.on('state', ({ state }) => state === 'online' && resolve(state)));
  ann.cut();
  await within(10_000, 'back', back);
  const hearing = hears(ann.client, ['still there?']);
  await Promise.all([bob.client.relay('message', { to: rung.peer ?? '' }, 'still there?'), hearing]);
  assert.deepEqual(ended, []);
  ann.vanish();
  await until('over', async () => ended, reasons => reasons.length > 0);
  assert.deepEqual(ended, ['lost']);
});
