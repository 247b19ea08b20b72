// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mesh, connect, originOf } from '../../../../webroot/heliograph.js';
import { FakeConnection } from './fake-connection.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').Frame} Frame */

/** A room on a server without a network: peers, their sockets, and frames carried at once. */
class Lobby {
  /** @type {Map<string, Page>} present in the room, by peer id */
  present = new Map();
  #peers = 0;

  /** @param {Page} page @param {Record<string, any>} [fields] of its welcome */
  enter(page, fields) {
    page.peer = `p${++this.#peers}`;
    const socket = page.server.welcome({ peer: page.peer, ...fields });
    const { data } = socket.take('join');
    const peers = [...this.present.values()].map(({ peer, key }) => ({ peer, order: 0, data: { key } }));
    socket.say({ type: 'joined', re: '2', room: 'r', peers });
    for (const other of this.present.values()) {
      other.server.socket.say({ type: 'peer-joined', room: 'r', peer: page.peer, order: 0, data });
    }
    this.present.set(page.peer, page);
  }

  /** @param {Page} page @param {string} reason */
  leave(page, reason) {
    const { peer } = page;
    this.present.delete(peer);
    for (const other of this.present.values()) {
      other.server.socket.say({ type: 'peer-left', room: 'r', peer, reason });
    }
  }

  /** Carries relays until there are none. */
  async carry() {
    await settled();
    for (let turns = 0; turns < 100; turns++) {
      const relays = [...this.present.values()].flatMap(page => page.server.socket.sent.splice(0).map(frame => ({ page, frame })));
      if (relays.length === 0) return;
      for (const { page, frame } of relays) {
        page.server.socket.say({ type: 'ok', re: frame.id });
        const { type, to, data } = frame;
        this.present.get(to)?.server.socket.say({ type, from: page.peer, data });
      }
      await settled();
    }
    assert.fail('the pages never come to rest');
  }
}

class Page {
  peer = '';
  server = new FakeServer();
  clock = new FakeClock();
  /** @type {FakeConnection[]} every connection it made, oldest first */
  connections = [];
  /** @type {string[]} */
  told = [];

  /** @param {string} key @param {RTCConfiguration} [configuration] */
  constructor(key, configuration) {
    this.key = key;
    const { clock, server } = this;
    this.client = connect({ url: 'ws://host', WebSocket: server.WebSocket, clock, random: () => 0 });
    const room = this.client.room('r', { data: { key } });
    this.mesh = new Mesh(room, {
      key,
      keyOf: member => member.data.key,
      configuration,
      connect: made => {
        this.connections.push(new FakeConnection(made));
        return /** @type {FakeConnection} */ (this.connections.at(-1)).real;
      },
    });
    this.mesh.on('came', ({ key: other }) => this.told.push(`+${other}`));
    this.mesh.on('left', ({ key: other }) => this.told.push(`-${other}`));
    room.join().catch(() => {});
  }

  /** What it knows of the others: key, peer id, state. */
  get sees() {
    return [...this.mesh.participants.values()].map(({ key, peer, state }) => [key, peer, state]);
  }

  cut() {
    this.server.socket.drop(1006);
    this.clock.advance(1);
  }
}

/** @param {...string} keys */
async function call(...keys) {
  const lobby = new Lobby();
  const pages = keys.map(key => new Page(key));
  for (const page of pages) {
    lobby.enter(page);
    await lobby.carry();
  }
  return { lobby, pages };
}

test('everyone is linked with everyone, once', async () => {
  const { pages } = await call('a', 'b', 'c');
  for (const { key, sees, connections } of pages) {
    assert.deepEqual(sees.map(([other, , state]) => [other, state]).sort(),
      ['a', 'b', 'c'].filter(other => other !== key).map(other => [other, 'connected']));
    assert.equal(connections.length, 2);
  }
});

test('one who leaves is gone at once', async () => {
  const { lobby, pages: [a, b] } = await call('a', 'b');
  lobby.leave(b, 'left');
  assert.deepEqual([a.sees, a.told, a.connections[0].connectionState], [[], ['+b', '-b'], 'closed']);
});

test('one who is lost to signaling stays as long as the media does', async () => {
  const { lobby, pages: [a, b] } = await call('a', 'b');
  lobby.leave(b, 'lost');
  assert.deepEqual(a.sees, [['b', undefined, 'connected']]);
  a.connections[0].become('disconnected');
  assert.deepEqual(a.sees, [['b', undefined, 'disconnected']]);
  a.connections[0].become('failed');
  assert.deepEqual([a.sees, a.told], [[], ['+b', '-b']]);
});

test('one who comes back under another name keeps connection and place', async () => {
  const { lobby, pages: [a, b] } = await call('a', 'b');
  b.cut();
  lobby.leave(b, 'lost');
  lobby.enter(b);
  await lobby.carry();
  assert.deepEqual([a.sees, b.sees], [[['b', b.peer, 'connected']], [['a', a.peer, 'connected']]]);
  assert.deepEqual([a.told, b.told, a.connections.length, b.connections.length], [['+b'], ['+a'], 1, 1]);
});

test('a server that restarts leaves the calls as they are', async () => {
  const { lobby, pages } = await call('a', 'b', 'c');
  lobby.present.clear();
  for (const page of pages) page.cut();
  for (const page of [...pages].reverse()) {
    lobby.enter(page);
    await lobby.carry();
  }
  for (const { key, sees, connections, told } of pages) {
    const others = pages.filter(page => page.key !== key);
    assert.deepEqual(sees.sort(), others.map(other => [other.key, other.peer, 'connected']));
    assert.deepEqual([connections.length, told.length], [2, 2]);
  }
});

test('who comes back before it is missed is not doubled', async () => {
  const { lobby, pages: [a, b] } = await call('a', 'b');
  const former = b.peer;
  b.cut();
  lobby.enter(b);
  a.server.socket.say({ type: 'peer-left', room: 'r', peer: former, reason: 'lost' });
  lobby.present.delete(former);
  await lobby.carry();
  assert.deepEqual([a.sees, a.told], [[['b', b.peer, 'connected']], ['+b']]);
  assert.deepEqual([b.sees, b.told], [[['a', a.peer, 'connected']], ['+a']]);
});

test('a link whose other end had to begin anew is replaced, and shown until the new one connects', async () => {
  const { lobby, pages: [a, b] } = await call('a', 'b');
  const [old] = a.connections;
  b.connections[0].become('failed');
  b.cut();
  lobby.leave(b, 'lost');
  lobby.enter(b);
  await settled();
  assert.equal(a.mesh.participants.get('b')?.connection, old.real);
  const stranger = new FakeConnection();
  await stranger.setLocalDescription();
  a.server.socket.say({ type: 'offer', from: b.peer, data: stranger.localDescription });
  assert.equal(a.mesh.participants.get('b')?.connection, old.real);
  await settled();
  const [, fresh] = a.connections;
  assert.equal(originOf(fresh.remoteDescription), originOf(stranger.localDescription));
  fresh.become('connected');
  assert.equal(a.mesh.participants.get('b')?.connection, fresh.real);
  assert.equal(old.connectionState, 'closed');
});

test('what is left of a broken connection of its own is nobody', async () => {
  const { lobby, pages: [a] } = await call('a');
  a.cut();
  lobby.enter(a);
  await settled();
  assert.deepEqual([a.sees, a.told], [[], []]);
});

test('a connection closed with bye is made again when the other side offers', async () => {
  const { lobby, pages: [a, b] } = await call('a', 'b');
  a.server.socket.say({ type: 'bye', from: b.peer });
  await settled();
  assert.deepEqual(a.sees, [['b', b.peer, 'closed']]);
  const again = new FakeConnection();
  await again.setLocalDescription();
  a.server.socket.say({ type: 'offer', from: b.peer, data: again.localDescription });
  await settled();
  assert.equal(a.connections.length, 2);
  assert.equal(a.server.socket.take('answer').to, b.peer);
  assert.ok(lobby.present.size === 2);
});

test('closing the mesh closes every connection', async () => {
  const { pages: [a] } = await call('a', 'b', 'c');
  a.mesh.close();
  assert.deepEqual(a.connections.map(({ connectionState }) => connectionState), ['closed', 'closed']);
  assert.deepEqual(a.sees, []);
});

/** @type {RTCIceServer[]} */
const GIVEN = [{ urls: ['turn:host'], username: '2:p1', credential: 'new' }];

test('connections are made as the page wants, with the servers of the client', async () => {
  const lobby = new Lobby();
  const pages = [new Page('a', { iceTransportPolicy: 'relay' }), new Page('b', { iceServers: [] })];
  for (const page of pages) {
    lobby.enter(page, { iceServers: GIVEN });
    await lobby.carry();
  }
  assert.deepEqual(pages.map(({ connections: [{ configuration }] }) => configuration),
    [{ iceTransportPolicy: 'relay', iceServers: GIVEN }, { iceServers: [] }]);
});

test('renewed servers reach every connection, but for those with servers of their own', async () => {
  const lobby = new Lobby();
  const own = [{ urls: ['stun:own'] }];
  const pages = [new Page('a'), new Page('b', { iceServers: own }), new Page('c')];
  for (const page of pages) {
    lobby.enter(page);
    await lobby.carry();
  }
  for (const { server } of pages) server.socket.say({ type: 'ice-servers', iceServers: GIVEN });
  assert.deepEqual(pages.map(({ connections }) => connections.map(({ configuration }) => configuration.iceServers)),
    [[GIVEN, GIVEN], [own, own], [GIVEN, GIVEN]]);
  for (const { server } of pages) server.socket.say({ type: 'ice-servers', iceServers: [] });
  assert.deepEqual(pages[0].connections[0].configuration.iceServers, GIVEN);
});

test('what has failed while the page was cut off finds its way with the servers of the next welcome', async () => {
  const { lobby, pages: [a, b] } = await call('a', 'b');
  b.cut();
  lobby.leave(b, 'lost');
  b.connections[0].become('disconnected');
  lobby.enter(b, { iceServers: GIVEN });
  await lobby.carry();
  assert.deepEqual([a.sees, b.sees], [[['b', b.peer, 'connected']], [['a', a.peer, 'connected']]]);
  assert.deepEqual([b.connections.length, b.connections[0].gatheredFrom], [1, GIVEN]);
});
