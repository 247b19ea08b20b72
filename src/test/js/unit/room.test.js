// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

function setUp() {
  const server = new FakeServer();
  const clock = new FakeClock();
  const client = connect({ url: 'ws://host/v1/ws', WebSocket: server.WebSocket, clock, random: () => 0.5 });
  return { server, clock, client };
}

/** @param {string} peer @param {number} order */
function member(peer, order) {
  return { peer, order, user: undefined, data: undefined };
}

const both = { type: 'joined', room: 'r', capacity: 2, order: 2, peers: [{ peer: 'a', order: 1 }] };

/** A client that is in room `r` with peer `a`. */
async function inRoom() {
  const { server, clock, client } = setUp();
  const socket = server.welcome({ peer: 'me' });
  const joining = client.join('r', { capacity: 2, data: { name: 'Me' } });
  socket.answer('join', both);
  return { server, clock, client, socket, room: await joining };
}

test('a join waits for the connection and is answered with the roster', async () => {
  const { server, client } = setUp();
  const joining = client.join('r', { capacity: 2, data: { name: 'Me' } });
  const { id, ...join } = server.welcome().answer('join', both);
  const room = await joining;
  assert.deepEqual(join, { type: 'join', room: 'r', capacity: 2, data: { name: 'Me' } });
  assert.deepEqual([...room.peers.values()], [member('a', 1)]);
  assert.deepEqual([room.capacity, room.order, room.joined], [2, 2, true]);
});

test('a join refused rejects and leaves nothing behind', async () => {
  const { server, clock, client } = setUp();
  const socket = server.welcome();
  const joining = client.join('r');
  socket.answer('join', { type: 'error', code: 'room-full' });
  await assert.rejects(joining, { code: 'room-full' });
  socket.drop(1006);
  clock.advance(5_000);
  assert.deepEqual(server.welcome().sent, []);
});

test('the same room is not joined twice', async () => {
  const { client } = await inRoom();
  await assert.rejects(client.join('r'), { code: 'already-joined' });
});

test('events that arrive in one go with the answer are seen by those who listened before', async () => {
  const { server, client } = setUp();
  const socket = server.welcome();
  const room = client.room('r');
  /** @type {string[]} */
  const seen = [];
  room.on('joined', () => seen.push('joined'));
  room.on('peer-joined', ({ peer }) => seen.push(peer));
  void room.join();
  socket.answer('join', both);
  socket.say({ type: 'peer-joined', room: 'r', peer: 'b', order: 3 });
  assert.deepEqual(seen, ['joined', 'b']);
});

test('joins, updates and leaves of others change the roster', async () => {
  const { socket, room } = await inRoom();
  socket.say({ type: 'peer-joined', room: 'r', peer: 'b', order: 3, data: 1 });
  socket.say({ type: 'peer-updated', room: 'r', peer: 'b', data: 2 });
  socket.say({ type: 'peer-left', room: 'r', peer: 'a', reason: 'left' });
  assert.deepEqual([...room.peers.values()], [{ ...member('b', 3), data: 2 }]);
});

test('after a reconnect it is in its rooms again, with the latest data, and says so', async () => {
  const { server, clock, client, socket, room } = await inRoom();
  const updating = room.update({ name: 'Myself' });
  socket.answer('update', { type: 'ok' });
  await updating;
  const entered = room.next('joined');
  const rejoined = client.next('rejoined');
  socket.drop(1012);
  assert.deepEqual([...room.peers.keys()], ['a']);
  clock.advance(5_000);
  const { data } = server.welcome({ peer: 'me-again' }).answer('join', { ...both, peers: [{ peer: 'b', order: 1 }] });
  assert.deepEqual(data, { name: 'Myself' });
  assert.deepEqual(await entered, { peer: 'me-again', previous: 'me', peers: [member('b', 1)] });
  assert.deepEqual(await rejoined, { previous: 'me', peer: 'me-again', resumed: false, rooms: [room] });
  assert.deepEqual([...room.peers.keys()], ['b']);
});

test('a seat still held by its own broken connection is waited for', async () => {
  const { server, clock, socket, room } = await inRoom();
  const refused = room.next('refused');
  socket.drop(1006);
  clock.advance(5_000);
  const next = server.welcome();
  next.answer('join', { type: 'error', code: 'room-full' });
  const { error, retryIn } = await refused;
  assert.deepEqual([error.code, retryIn, room.joined], ['room-full', 2_500, false]);
  clock.advance(2_500);
  next.answer('join', both);
  assert.equal(room.joined, true);
});

test('an answer that comes too late is none, and what it says is taken back', async () => {
  const { server, clock, socket, room } = await inRoom();
  /** @type {unknown[]} */
  const seen = [];
  room.on('joined', ({ peer }) => seen.push(peer));
  socket.drop(1006);
  clock.advance(5_000);
  const next = server.welcome({ peer: 'me-again' });
  const { id } = next.take('join');
  clock.advance(20_000);
  next.say({ ...both, re: id });
  assert.deepEqual([seen, room.joined], [[], false]);
  assert.deepEqual(next.take('leave'), { type: 'leave', room: 'r' });
  next.say({ type: 'left', room: 'r' });
  clock.advance(5_000);
  next.answer('join', both);
  assert.deepEqual([seen, room.joined], [['me-again'], true]);
});

test('a leave that the server could not take is asked for again', async () => {
  const { clock, socket, room } = await inRoom();
  let left = false;
  void room.leave().then(() => void (left = true));
  socket.answer('leave', { type: 'error', code: 'unavailable' });
  clock.advance(5_000);
  assert.equal(left, false);
  socket.answer('leave', { type: 'left', room: 'r' });
  await settled();
  assert.equal(left, true);
});

test('who joins again after a leave that the server could not take begins anew', async () => {
  const { client, clock, socket, room } = await inRoom();
  void room.leave();
  socket.answer('leave', { type: 'error', code: 'unavailable' });
  const joining = client.join('r');
  clock.advance(5_000);
  socket.answer('join', { type: 'error', code: 'already-joined' });
  socket.answer('leave', { type: 'left', room: 'r' });
  await settled();
  socket.answer('join', { ...both, order: 3 });
  assert.equal((await joining).order, 3);
  assert.deepEqual(socket.sent, []);
});

test('a way back that is barred for good ends the room', async () => {
  const { server, clock, socket, room, client } = await inRoom();
  const refused = room.next('refused');
  socket.drop(1006);
  clock.advance(5_000);
  server.welcome().answer('join', { type: 'error', code: 'forbidden' });
  assert.equal((await refused).retryIn, undefined);
  void client.join('r').catch(() => {});
  assert.equal(server.socket.take('join').room, 'r');
});

test('a resumed session joins nothing: its rosters replace what was believed', async () => {
  const { server, clock, client, socket, room } = await inRoom();
  /** @type {string[]} */
  const seen = [];
  room.on('peer-joined', ({ peer }) => seen.push(`+${peer}`));
  room.on('peer-left', ({ peer, reason }) => seen.push(`-${peer} ${reason}`));
  const rejoined = client.next('rejoined');
  socket.drop(1006);
  clock.advance(5_000);
  const { sent } = server.welcome({
    peer: 'me', resumed: true, rooms: [{ room: 'r', capacity: 2, order: 2, peers: [{ peer: 'b', order: 3 }] }],
  });
  assert.deepEqual(sent, []);
  assert.deepEqual(seen, ['-a lost', '+b']);
  assert.deepEqual(await rejoined, { previous: 'me', peer: 'me', resumed: true, rooms: [room] });
});

test('nothing is told of those who have not changed; who left and came back meanwhile is told of as such', async () => {
  const { server, clock, client, socket, room } = await inRoom();
  for (const [peer, order] of /** @type {const} */ ([['b', 3], ['c', 4]])) socket.say({ type: 'peer-joined', room: 'r', peer, order, data: 1 });
  /** @type {unknown[]} */
  const seen = [];
  for (const emitter of [room, client]) {
    emitter.on('peer-joined', ({ peer, data }) => seen.push(['peer-joined', peer, data]));
    emitter.on('peer-updated', ({ peer, data }) => seen.push(['peer-updated', peer, data]));
    emitter.on('peer-left', ({ peer, reason }) => seen.push(['peer-left', peer, reason]));
  }
  socket.drop(1006);
  clock.advance(5_000);
  const peers = [{ peer: 'a', order: 1 }, { peer: 'b', order: 3, data: 2 }, { peer: 'c', order: 5, data: 1 }];
  server.welcome({ peer: 'me', resumed: true, rooms: [{ room: 'r', capacity: 2, order: 2, peers }], calls: [] });
  const told = [['peer-left', 'c', 'lost'], ['peer-updated', 'b', 2], ['peer-joined', 'c', 1]];
  assert.deepEqual(seen, told.flatMap(each => [each, each]), 'by the room and by the client');
  assert.deepEqual([...room.peers.values()], [member('a', 1), { ...member('b', 3), data: 2 }, { ...member('c', 5), data: 1 }]);
});

test('a session that goes on as it was before a later join has the number of the earlier one, and shows its data', async () => {
  const { server, clock, socket, room } = await inRoom();
  socket.drop(1006);
  clock.advance(5_000);
  const next = server.welcome({
    peer: 'me', resumed: true, rooms: [{ room: 'r', capacity: 2, order: 1, peers: [{ peer: 'a', order: 3 }] }], calls: [],
  });
  assert.deepEqual([room.order, [...room.peers.values()]], [1, [member('a', 3)]]);
  assert.deepEqual(next.take('update').data, { name: 'Me' });
});

test('a join whose answer was lost is done when the resumed session is in the room; who came after it is told', async () => {
  const { server, clock, client } = setUp();
  const socket = server.welcome({ peer: 'me' });
  const room = client.room('r', { data: 'mine' });
  /** @type {string[]} */
  const seen = [];
  room.on('joined', ({ peers }) => seen.push(`in with ${peers.map(({ peer }) => peer)}`));
  room.on('peer-joined', ({ peer }) => seen.push(`+${peer}`));
  const joining = room.join();
  socket.drop(1006);
  clock.advance(5_000);
  const peers = [{ peer: 'a', order: 1 }, { peer: 'b', order: 7 }];
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [{ room: 'r', capacity: 9, order: 4, peers }], calls: [] });
  await joining;
  assert.deepEqual([seen, room.joined, room.order, room.capacity], [['in with a', '+b'], true, 4, 9]);
  assert.deepEqual(next.sent.map(({ type, data }) => [type, data]), [['update', 'mine']], 'what others see is not certain');
});

test('a join that never reached the server is repeated by the resumed session', async () => {
  const { server, clock, client } = setUp();
  const socket = server.welcome({ peer: 'me' });
  const joining = client.join('r');
  socket.drop(1006);
  clock.advance(5_000);
  server.welcome({ peer: 'me', resumed: true, rooms: [], calls: [] }).answer('join', both);
  assert.equal((await joining).joined, true);
});

test('a room left without a connection is left as soon as the session is resumed', async () => {
  const { server, clock, socket, room } = await inRoom();
  socket.drop(1006);
  await room.leave();
  clock.advance(5_000);
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [{ room: 'r', capacity: 2, order: 2, peers: [] }], calls: [] });
  assert.deepEqual(next.sent.map(({ type, room: name }) => [type, name]), [['leave', 'r']]);
});

test('what was said in a room before it was left without a connection goes out before the leave', async () => {
  const { server, clock, socket, room } = await inRoom();
  socket.drop(1006);
  void room.relay('message', 'last words');
  await room.leave();
  clock.advance(5_000);
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [{ room: 'r', capacity: 2, order: 2, peers: [] }], calls: [] });
  assert.deepEqual(next.sent.map(({ type, data }) => [type, data]), [['message', 'last words'], ['leave', undefined]]);
});

test('data changed without a connection, or on one that broke, is shown once the session is resumed', async () => {
  for (const breaksFirst of [true, false]) {
    const { server, clock, socket, room } = await inRoom();
    if (breaksFirst) socket.drop(1006);
    const updating = room.update('new');
    if (!breaksFirst) socket.drop(1006);
    await updating;
    clock.advance(5_000);
    const present = { room: 'r', capacity: 2, order: 2, peers: both.peers };
    const next = server.welcome({ peer: 'me', resumed: true, rooms: [present], calls: [] });
    assert.equal(next.answer('update', { type: 'ok' }).data, 'new');
    await settled();
    next.drop(1006);
    clock.advance(5_000);
    assert.deepEqual(server.welcome({ peer: 'me', resumed: true, rooms: [present], calls: [] }).sent, []);
  }
});

test('data changed while the join is under way is shown after it', () => {
  const { server, client } = setUp();
  const socket = server.welcome({ peer: 'me' });
  const room = client.room('r', { data: 'old' });
  void room.join();
  void room.update('new');
  assert.equal(socket.answer('join', both).data, 'old');
  assert.equal(socket.take('update').data, 'new');
});

test('a room that was left is not joined again', async () => {
  const { server, clock, socket, room } = await inRoom();
  const leaving = room.leave();
  socket.answer('leave', { type: 'left', room: 'r' });
  await leaving;
  socket.drop(1006);
  clock.advance(5_000);
  assert.deepEqual(server.welcome().sent, []);
});

test('leaving while the join is under way ends in being out', async () => {
  const { server, client } = setUp();
  const socket = server.welcome();
  const room = client.room('r');
  const joining = room.join();
  const leaving = room.leave();
  socket.answer('join', both);
  socket.answer('leave', { type: 'left', room: 'r' });
  await assert.rejects(joining, { code: 'closed' });
  await leaving;
  assert.deepEqual([room.joined, room.peers.size], [false, 0]);
});

test('what goes to the room is addressed to the room', async () => {
  const { socket, room } = await inRoom();
  const sending = room.relay('message', 'hi');
  const { id, ...frame } = socket.answer('message', { type: 'ok' });
  await sending;
  assert.deepEqual(frame, { type: 'message', room: 'r', data: 'hi' });
});

test('a listener that throws does not keep the others from hearing', async t => {
  const { socket, room } = await inRoom();
  /** @type {unknown[]} */
  const uncaught = [];
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', error => uncaught.push(error.message));
  t.after(() => listeners.forEach(listener => process.on('uncaughtException', listener)));
  let heard = 0;
  room.on('peer-left', () => {
    throw new Error('application bug');
  });
  room.on('peer-left', () => heard++);
  socket.say({ type: 'peer-left', room: 'r', peer: 'a', reason: 'left' });
  await settled();
  assert.deepEqual([heard, uncaught], [1, ['application bug']]);
});
