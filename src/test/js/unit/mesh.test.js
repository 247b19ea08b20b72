// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mesh, originOf } from '../../../../webroot/heliograph.js';
import { FakeConnection } from './fake-connection.js';
import { settled } from './fakes.js';
import { Lobby, Page } from './lobby.js';

class MeshPage extends Page {
  /** @type {string[]} */
  told = [];

  /**
   * @param {string} key
   * @param {Partial<import('../../../../webroot/heliograph.js').MeshOptions>} [options]
   * @param {Record<string, unknown>} [data]
   */
  constructor(key, options, data) {
    super(key);
    const { clock, connect } = this;
    const room = this.client.room('r', { data: { key, ...data } });
    this.mesh = new Mesh(room, { key, keyOf: member => member.data.key, connect, clock, ...options });
    this.mesh.on('came', ({ key: other }) => this.told.push(`+${other}`));
    this.mesh.on('left', ({ key: other }) => this.told.push(`-${other}`));
    room.join().catch(() => {});
  }

  /** What it knows of the others: key, peer id, state. */
  get sees() {
    return [...this.mesh.participants.values()].map(({ key, peer, state }) => [key, peer, state]);
  }
}

/** @param {...string} keys */
async function call(...keys) {
  const lobby = new Lobby();
  const pages = keys.map(key => new MeshPage(key));
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

test('a resumed session is linked with who is there now: a ghost goes, a newcomer is offered to, the others stay', async () => {
  const { lobby, pages: [a, b, c] } = await call('a', 'b', 'c');
  a.server.socket.drop(1006);
  lobby.leave(b, 'left');
  const d = new MeshPage('d');
  lobby.enter(d);
  await lobby.carry();
  assert.deepEqual(d.sees.find(([key]) => key === 'a'), ['a', a.peer, 'new'], 'whoever was there first offers');
  a.clock.advance(1);
  const peers = [c, d].map(({ key, peer }) => ({ peer, order: 0, data: { key } }));
  a.server.welcome({ peer: a.peer, resumed: true, rooms: [{ room: 'r', capacity: 9, order: 0, peers }], calls: [] });
  await lobby.carry();
  a.connections[0].become('failed'); // b has closed its own
  assert.deepEqual(a.sees, [['c', c.peer, 'connected'], ['d', d.peer, 'connected']]);
  assert.deepEqual([a.told, a.connections.length], [['+b', '+c', '+d', '-b'], 3]);
  assert.deepEqual(d.sees.find(([key]) => key === 'a'), ['a', a.peer, 'connected']);
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
  const pages = [new MeshPage('a', { configuration: { iceTransportPolicy: 'relay' } }), new MeshPage('b', { configuration: { iceServers: [] } })];
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
  const pages = [new MeshPage('a'), new MeshPage('b', { configuration: { iceServers: own } }), new MeshPage('c')];
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

/** A streamer and its viewers, in the order they come. @param {Lobby} lobby @param {...MeshPage} pages */
async function gather(lobby, ...pages) {
  for (const page of pages) {
    lobby.enter(page);
    await lobby.carry();
  }
}

/** @param {string} key */
function streamer(key) {
  return new MeshPage(key, { links: ({ data }) => data.role === 'viewer', patience: 1000 }, { role: 'streamer' });
}

/** @param {string} key */
function viewer(key) {
  return new MeshPage(key, { links: ({ data }) => data.role === 'streamer' }, { role: 'viewer' });
}

for (const [order, at] of /** @type {const} */ ([['first', 0], ['between', 1], ['last', 2]])) {
  test(`one to many: the streamer comes ${order}, and no viewer is linked with another`, async () => {
    const [s, ...viewers] = [streamer('s'), viewer('v'), viewer('w')];
    const coming = [...viewers];
    coming.splice(at, 0, s);
    await gather(new Lobby(), ...coming);
    assert.deepEqual(s.sees.map(([key, , state]) => [key, state]), [['v', 'connected'], ['w', 'connected']]);
    for (const { sees, connections } of viewers) {
      assert.deepEqual([sees, connections.length], [[['s', s.peer, 'connected']], 1]);
    }
  });
}

test('who stays unconnected longer than one has patience is given up, also while signaling knows it', async () => {
  const lobby = new Lobby();
  const [s, v] = [streamer('s'), viewer('v')];
  await gather(lobby, s, v);
  await lobby.confirm();
  assert.equal(s.clock.pending, 1); // the heartbeat's
  s.connections[0].become('disconnected');
  s.clock.advance(999);
  assert.deepEqual(s.sees, [['v', v.peer, 'disconnected']]);
  s.connections[0].become('failed');
  s.clock.advance(1);
  assert.deepEqual([s.sees, s.told, s.connections[0].connectionState], [[], ['+v', '-v'], 'closed']);
  assert.equal(s.clock.pending, 1);
});

test('a connection that recovers in time is kept', async () => {
  const [s, v] = [streamer('s'), viewer('v')];
  await gather(new Lobby(), s, v);
  for (let turn = 0; turn < 3; turn++) {
    s.connections[0].become('disconnected');
    s.clock.advance(999);
    s.connections[0].become('connected');
  }
  s.clock.advance(2000);
  assert.deepEqual([s.sees, s.told], [[['v', v.peer, 'connected']], ['+v']]);
});

test('a connection that never comes about is given up', async () => {
  const lobby = new Lobby();
  const [s, v] = [streamer('s'), viewer('v')];
  lobby.enter(s);
  lobby.enter(v);
  await settled();
  assert.deepEqual(s.sees, [['v', v.peer, 'new']]);
  s.clock.advance(1000);
  assert.deepEqual([s.sees, s.told], [[], ['+v', '-v']]);
});

test('one given up comes anew when it offers again, and gets what is sent now', async () => {
  const lobby = new Lobby();
  const [s, v] = [streamer('s'), viewer('v')];
  await gather(lobby, s, v);
  s.connections[0].become('disconnected');
  s.clock.advance(1000);
  v.connections[0].become('failed'); // its link looks for another way by itself
  await lobby.carry();
  assert.deepEqual([s.told, s.sees], [['+v', '-v', '+v'], [['v', v.peer, 'connected']]]);
  assert.deepEqual(v.sees, [['s', s.peer, 'connected']]);
});

test('an offer of a peer that is not in the room, or not to be linked with, comes to nothing', async () => {
  const [s, v, w] = [streamer('s'), viewer('v'), viewer('w')];
  await gather(new Lobby(), s, v, w);
  const stranger = new FakeConnection();
  await stranger.setLocalDescription();
  for (const from of ['p99', w.peer]) {
    v.server.socket.say({ type: 'offer', from, data: stranger.localDescription });
  }
  await settled();
  assert.deepEqual([v.connections.length, v.sees], [1, [['s', s.peer, 'connected']]]);
});

test('a streamer that comes back under another name keeps its viewers, one that begins anew gets them again', async () => {
  const lobby = new Lobby();
  const [s, v] = [streamer('s'), viewer('v')];
  await gather(lobby, s, v);
  s.cut();
  lobby.leave(s, 'lost');
  await gather(lobby, s);
  assert.deepEqual([v.sees, v.connections.length], [[['s', s.peer, 'connected']], 1]);
  lobby.leave(s, 'left');
  const again = streamer('t');
  await gather(lobby, again);
  assert.deepEqual([v.sees, v.told], [[['t', again.peer, 'connected']], ['+s', '-s', '+t']]);
});
