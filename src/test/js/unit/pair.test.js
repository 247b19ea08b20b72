// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pair } from '../../../../webroot/heliograph.js';
import { settled } from './fakes.js';
import { Lobby, Page } from './lobby.js';

class PairPage extends Page {
  /** @type {string[]} */
  told = [];

  /** @param {string} key */
  constructor(key) {
    super(key);
    this.pair = new Pair(this.client, 'r', {
      key,
      keyOf: member => member.data.key,
      data: { key },
      connect: this.connect,
    });
    this.pair.on('state', state => this.told.push(state));
    this.joining = this.pair.join().catch(error => error.code);
  }

  /** The other one: key, peer id, state. */
  get sees() {
    const { other } = this.pair;
    return other && [other.key, other.peer, other.state];
  }
}

/** @param {...string} keys */
async function meet(...keys) {
  const lobby = new Lobby(2);
  const pages = keys.map(key => new PairPage(key));
  for (const page of pages) {
    lobby.enter(page);
    await lobby.carry();
  }
  return { lobby, pages };
}

/** Says goodbye and is gone. @param {Lobby} lobby @param {PairPage} page */
async function leave(lobby, page) {
  const leaving = page.pair.leave();
  page.server.socket.answer('leave', { type: 'left', room: 'r' });
  await leaving;
  lobby.leave(page, 'left');
}

test('it asks for a room of two', () => {
  const page = new PairPage('a');
  page.server.welcome();
  assert.equal(page.server.socket.take('join').capacity, 2);
  assert.deepEqual([page.pair.state, page.told], ['left', []]);
});

test('the first waits alone, and both are connected when the second comes', async () => {
  const { pages: [a, b] } = await meet('a', 'b');
  assert.deepEqual([a.told, b.told], [['joined', 'connected'], ['connected']]);
  assert.deepEqual([a.sees, b.sees], [['b', b.peer, 'connected'], ['a', a.peer, 'connected']]);
});

test('whoever was there first makes the offer', async () => {
  const lobby = new Lobby(2);
  const [a, b] = [new PairPage('a'), new PairPage('b')];
  lobby.enter(a);
  lobby.enter(b);
  await settled();
  assert.equal(a.server.socket.take('offer').to, b.peer);
  assert.throws(() => b.server.socket.take('offer'), /offer: not sent/);
});

test('when the second leaves the first waits, and a third gets its place', async () => {
  const { lobby, pages: [a, b] } = await meet('a', 'b');
  await leave(lobby, b);
  assert.deepEqual([a.pair.state, a.pair.other, b.pair.state], ['waiting', undefined, 'left']);
  const c = new PairPage('c');
  lobby.enter(c);
  await lobby.carry();
  assert.deepEqual([a.sees, c.sees], [['c', c.peer, 'connected'], ['a', a.peer, 'connected']]);
  assert.deepEqual(a.told, ['joined', 'connected', 'waiting', 'connected']);
});

test('when the first leaves the second waits in its place, and offers to the next', async () => {
  const { lobby, pages: [a, b] } = await meet('a', 'b');
  await leave(lobby, a);
  assert.deepEqual([b.pair.state, b.told], ['waiting', ['connected', 'waiting']]);
  const c = new PairPage('c');
  lobby.enter(c);
  await settled();
  assert.equal(b.server.socket.take('offer').to, c.peer);
});

test('a third is told that it is full, and gets in by another try after one has left', async () => {
  const { lobby, pages: [a, b, c] } = await meet('a', 'b', 'c');
  assert.deepEqual([await c.joining, c.pair.state, c.told], ['room-full', 'full', ['full']]);
  const again = c.pair.join();
  lobby.admit(c);
  await assert.rejects(again, { code: 'room-full' });
  await leave(lobby, b);
  const atLast = c.pair.join();
  lobby.admit(c);
  await atLast;
  await lobby.carry();
  assert.deepEqual([c.told, a.sees, c.sees], [['full', 'connected'], ['c', c.peer, 'connected'], ['a', a.peer, 'connected']]);
});

test('who has left can join again', async () => {
  const { lobby, pages: [a, b] } = await meet('a', 'b');
  await leave(lobby, b);
  assert.equal(b.connections[0].connectionState, 'closed');
  const again = b.pair.join();
  lobby.admit(b);
  await again;
  await lobby.carry();
  assert.deepEqual([a.sees, b.sees], [['b', b.peer, 'connected'], ['a', a.peer, 'connected']]);
  assert.deepEqual(b.told, ['connected', 'left', 'connected']);
});

test('one who leaves and comes back alone has met nobody yet', async () => {
  const { lobby, pages: [a, b] } = await meet('a', 'b');
  await leave(lobby, a);
  await leave(lobby, b);
  const again = a.pair.join();
  lobby.admit(a);
  await again;
  assert.deepEqual(a.told, ['joined', 'connected', 'left', 'joined']);
});

test('a lost connection to the server ends no call, on neither side', async () => {
  const { lobby, pages: [a, b] } = await meet('a', 'b');
  for (const page of [a, b, a]) {
    page.cut();
    lobby.leave(page, 'lost');
    await lobby.carry();
    lobby.enter(page);
    await lobby.carry();
  }
  assert.deepEqual([a.sees, b.sees], [['b', b.peer, 'connected'], ['a', a.peer, 'connected']]);
  assert.deepEqual([a.told, b.told], [['joined', 'connected'], ['connected']]);
  assert.deepEqual([a.connections.length, b.connections.length], [1, 1]);
});

test('when the server does not know the second any more, its end is that of its media', async () => {
  const { lobby, pages: [a, b] } = await meet('a', 'b');
  lobby.leave(b, 'lost');
  assert.equal(a.pair.state, 'connected');
  a.connections[0].become('failed');
  assert.equal(a.pair.state, 'waiting');
});

test('whose seat was taken while it was away makes room, and is full when its media ends', async () => {
  const { lobby, pages: [a, b] } = await meet('a', 'b');
  b.cut();
  lobby.leave(b, 'lost');
  const c = new PairPage('c');
  lobby.enter(c);
  await lobby.carry();
  assert.deepEqual([a.sees, a.told], [['c', c.peer, 'connected'], ['joined', 'connected']]);
  assert.equal(a.connections[0].connectionState, 'closed');
  lobby.enter(b);
  b.connections[0].become('disconnected');
  assert.equal(b.pair.state, 'connected');
  b.connections[0].become('failed');
  assert.deepEqual([b.pair.state, b.told], ['full', ['connected', 'full']]);
});

test('a seat still held by the own broken connection is waited for while the media goes on', async () => {
  const { lobby, pages: [a, b] } = await meet('a', 'b');
  const former = b.peer;
  b.cut();
  lobby.enter(b);
  assert.deepEqual([b.pair.state, b.pair.room.joined], ['connected', false]);
  lobby.present.delete(former);
  a.server.socket.say({ type: 'peer-left', room: 'r', peer: former, reason: 'lost' });
  b.clock.advance(1);
  lobby.admit(b);
  await lobby.carry();
  assert.deepEqual([a.sees, b.sees], [['b', b.peer, 'connected'], ['a', a.peer, 'connected']]);
  assert.deepEqual([a.told, b.told, b.connections.length], [['joined', 'connected'], ['connected'], 1]);
});

test('it is left when the server ends the session, and when it is closed', async () => {
  const { pages: [a, b] } = await meet('a', 'b');
  a.server.socket.drop(4002);
  b.pair.close();
  assert.deepEqual([a.pair.state, b.pair.state], ['left', 'left']);
  assert.deepEqual([a, b].map(({ connections }) => connections[0].connectionState), ['closed', 'closed']);
});
