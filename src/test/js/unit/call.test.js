// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').Call} Call */

function setUp() {
  const server = new FakeServer();
  const clock = new FakeClock();
  const client = connect({ url: 'ws://host/v1/ws', WebSocket: server.WebSocket, clock, random: () => 0.5 });
  const socket = server.welcome({ peer: 'me' });
  return { server, clock, client, socket };
}

/** @param {Call} call @returns {string[]} everything it tells from now on */
function follow(call) {
  /** @type {string[]} */
  const told = [];
  call.on('ringing', ({ peers }) => told.push(`ringing ${peers}`));
  call.on('accepted', ({ peer, data }) => told.push(`accepted ${peer} ${JSON.stringify(data)}`));
  call.on('ended', ({ reason }) => told.push(`ended ${reason}`));
  return told;
}

/** A call to Bob that rings. */
function calling() {
  const setting = setUp();
  const call = setting.client.call('bob', { data: { video: true } });
  const told = follow(call);
  const frame = setting.socket.answer('call', { type: 'ringing', call: 'c1', peers: 2 });
  return { ...setting, call, told, frame };
}

/** A call of Alice that rings here. */
function called() {
  const setting = setUp();
  /** @type {Call[]} */
  const calls = [];
  setting.client.on('call', incoming => calls.push(incoming));
  setting.socket.say({ type: 'call', call: 'c1', from: 'p9', user: 'alice', data: { video: true } });
  const [call] = calls;
  assert.equal(calls.length, 1);
  return { ...setting, call, told: follow(call) };
}

test('a call rings, is accepted and ends, each told once', () => {
  const { socket, call, told, frame } = calling();
  assert.deepEqual({ ...frame, id: '' }, { type: 'call', id: '', user: 'bob', data: { video: true } });
  socket.say({ type: 'accepted', call: 'c1', from: 'p7', data: 'hi' });
  assert.deepEqual([call.state, call.peer, call.data, call.incoming, call.user], ['accepted', 'p7', 'hi', false, 'bob']);
  for (const reason of ['hangup', 'lost']) socket.say({ type: 'call-ended', call: 'c1', reason });
  assert.deepEqual([told, call.state, call.reason], [['ringing 2', 'accepted p7 "hi"', 'ended hangup'], 'ended', 'hangup']);
});

test('an incoming call knows who calls, and is accepted with the ok', async () => {
  const { socket, call, told } = called();
  assert.deepEqual([call.incoming, call.user, call.peer, call.data, call.state], [true, 'alice', 'p9', { video: true }, 'ringing']);
  const accepting = call.accept({ video: false });
  assert.equal(call.state, 'ringing');
  const { data } = socket.answer('accept', { type: 'ok' });
  await accepting;
  assert.deepEqual([data, call.state, told], [{ video: false }, 'accepted', ['accepted p9 {"video":true}']]);
  await assert.rejects(call.accept(), { code: 'call-gone' });
  void call.hangup();
  assert.equal(socket.take('hangup').call, 'c1');
  assert.equal(told.at(-1), 'ended hangup');
});

for (const reason of ['no-answer', 'declined', 'busy', 'answered-elsewhere', 'hangup', 'lost']) {
  test(`a call that ends with ${reason} while it rings says so, on both sides`, () => {
    for (const { socket, call, told } of [calling(), called()]) {
      socket.say({ type: 'call-ended', call: 'c1', reason });
      assert.deepEqual([told.at(-1), call.state], [`ended ${reason}`, 'ended']);
    }
  });
}

test('a call that the server refuses ends with the code of the error', async () => {
  for (const code of ['user-offline', 'too-many', 'unavailable']) {
    const { client, socket } = setUp();
    const call = client.call('bob');
    const ended = call.next('ended');
    socket.answer('call', { type: 'error', code });
    const { reason, error } = await ended;
    assert.deepEqual([reason, error?.code, call.id], [code, code, undefined]);
  }
});

test('a call without a connection ends as lost, after there was time to listen', async () => {
  const { client, socket } = setUp();
  socket.drop(1006);
  const told = follow(client.call('bob'));
  assert.deepEqual(told, []);
  await settled();
  assert.deepEqual(told, ['ended lost']);
});

test('who hangs up before it rings ends the ringing as soon as it has a name', () => {
  const { client, socket } = setUp();
  const call = client.call('bob');
  const told = follow(call);
  void call.hangup();
  assert.deepEqual(told, ['ended hangup']);
  socket.answer('call', { type: 'ringing', call: 'c1', peers: 1 });
  assert.equal(socket.take('hangup').call, 'c1');
  assert.deepEqual(told, ['ended hangup']);
});

test('a call refused after one has hung up has ended once', async () => {
  const { client, socket } = setUp();
  const call = client.call('bob');
  const told = follow(call);
  void call.hangup();
  socket.answer('call', { type: 'error', code: 'user-offline' });
  await settled();
  assert.deepEqual([told, call.reason], [['ended hangup'], 'hangup']);
});

test('a call answered after its time-out is ended, so that nobody rings for nobody', async () => {
  const { client, clock, socket } = setUp();
  const call = client.call('bob');
  const { id } = socket.take('call');
  clock.advance(20_000);
  await settled();
  assert.equal(call.reason, 'timeout');
  socket.say({ type: 'ringing', re: id, call: 'c1', peers: 1 });
  assert.equal(socket.take('hangup').call, 'c1');
});

test('a decline is told with its reason, or none, and ends it here at once', async () => {
  for (const reason of ['busy', undefined]) {
    const { socket, call, told } = called();
    const rejecting = call.reject(reason);
    assert.deepEqual(told, [`ended ${reason ?? 'declined'}`]);
    const frame = socket.answer('reject', { type: 'error', code: 'call-gone' });
    assert.deepEqual([frame.call, frame.reason], ['c1', reason]);
    await rejecting;
  }
});

test('hanging up on a call that rings here declines it', () => {
  const { socket, call } = called();
  void call.hangup();
  socket.take('reject');
});

test('hanging up while the accept is under way ends what was accepted', async () => {
  const { socket, call, told } = called();
  const accepting = call.accept();
  void call.hangup();
  socket.answer('accept', { type: 'ok' });
  await assert.rejects(accepting, { code: 'call-gone' });
  assert.deepEqual([socket.take('hangup').call, told], ['c1', ['ended hangup']]);
});

test('an accept that came too late ends as the server said, or with its code', async () => {
  const { socket, call, told } = called();
  const accepting = call.accept();
  socket.say({ type: 'call-ended', call: 'c1', reason: 'answered-elsewhere' });
  socket.answer('accept', { type: 'error', code: 'call-gone' });
  await assert.rejects(accepting, { code: 'call-gone' });
  assert.deepEqual(told, ['ended answered-elsewhere']);

  const other = called();
  const late = other.call.accept();
  other.socket.answer('accept', { type: 'error', code: 'call-gone' });
  await assert.rejects(late, { code: 'call-gone' });
  assert.deepEqual([other.told, other.socket.sent], [['ended call-gone'], []]);
});

test('an accept of which nobody knows whether it counted is taken back both ways', async () => {
  const { socket, call, told } = called();
  const accepting = call.accept();
  socket.answer('accept', { type: 'error', code: 'internal' });
  await assert.rejects(accepting, { code: 'internal' });
  assert.deepEqual([told, socket.take('hangup').call, socket.take('reject').call], [['ended internal'], 'c1', 'c1']);
});

test('an accept that may not have been heard is repeated until it is decided', async () => {
  const { clock, socket, call, told } = called();
  const accepting = call.accept('hi');
  for (const code of ['unavailable', 'unavailable']) {
    socket.answer('accept', { type: 'error', code });
    clock.advance(999);
    assert.deepEqual(socket.sent, []);
    clock.advance(1);
  }
  assert.equal(socket.answer('accept', { type: 'ok' }).data, 'hi');
  await accepting;
  assert.deepEqual(told, ['accepted p9 {"video":true}']);
});

test('an accept that may not have been heard ends with its call, or with a hang-up that is told both ways', async () => {
  for (const ending of ['call', 'hangup']) {
    const { clock, socket, call, told } = called();
    const accepting = call.accept();
    socket.answer('accept', { type: 'error', code: 'unavailable' });
    if (ending === 'call') socket.say({ type: 'call-ended', call: 'c1', reason: 'lost' });
    else void call.hangup();
    await assert.rejects(accepting, { code: 'call-gone' });
    clock.advance(60_000);
    assert.deepEqual([told.length, socket.sent.map(({ type }) => type).filter(type => type !== 'ping')],
      [1, ending === 'hangup' ? ['reject', 'hangup'] : []]);
  }
});

test('a hang-up while the accept may go unheard ends the ringing, too', async () => {
  const { socket, call } = called();
  const accepting = call.accept();
  void call.hangup();
  socket.answer('accept', { type: 'error', code: 'unavailable' });
  await assert.rejects(accepting, { code: 'unavailable' });
  assert.deepEqual(socket.sent.map(({ type }) => type), ['hangup', 'reject']);
});

test('a hang-up that may not have been heard is told again, for a while', async () => {
  const { clock, socket, call } = calling();
  void call.hangup();
  for (let time = 0; time < 45; time++) {
    socket.answer('hangup', { type: 'error', code: 'unavailable' });
    await settled();
    assert.deepEqual(socket.sent.filter(({ type }) => type === 'hangup'), []);
    clock.advance(1_000);
    await settled();
  }
  socket.answer('hangup', { type: 'error', code: 'unavailable' });
  await settled();
  clock.advance(2_000);
  await settled();
  assert.deepEqual(socket.sent.filter(({ type }) => type === 'hangup'), []);
});

test('closing the client tells no hang-up again', async () => {
  const { client, clock, socket, call } = calling();
  void call.hangup();
  socket.answer('hangup', { type: 'error', code: 'unavailable' });
  await settled();
  client.close();
  await settled();
  assert.equal(clock.pending, 0);
  assert.deepEqual(socket.sent.filter(({ type }) => type === 'hangup'), []);
});

test('a reconnect that resumed nothing ends every call as lost, once', () => {
  for (const { server, clock, client, socket, told } of [calling(), called()]) {
    const second = client.call('carol');
    const alsoTold = follow(second);
    socket.answer('call', { type: 'ringing', call: 'c2', peers: 1 });
    socket.drop(1006);
    assert.equal(second.state, 'ringing');
    clock.advance(2_500);
    const next = server.welcome({ peer: 'new' });
    next.say({ type: 'call-ended', call: 'c1', reason: 'hangup' });
    assert.deepEqual([told.at(-1), alsoTold.at(-1)], ['ended lost', 'ended lost']);
    assert.equal(told.filter(each => each.startsWith('ended')).length, 1);
  }
});

test('a resumed session keeps its calls, and tells the hang-up meant meanwhile', () => {
  const { server, clock, client, socket, call, told } = calling();
  const second = client.call('carol');
  socket.answer('call', { type: 'ringing', call: 'c2', peers: 1 });
  socket.drop(1006);
  void second.hangup();
  clock.advance(2_500);
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [], calls: ['c1', 'c2'] });
  assert.equal(next.answer('hangup', { type: 'ok' }).call, 'c2');
  next.say({ type: 'accepted', call: 'c1', from: 'p7' });
  next.answer('ping', { type: 'pong' });
  assert.deepEqual([call.state, told], ['accepted', ['ringing 2', 'accepted p7 undefined']]);
  clock.advance(20_000);
  assert.equal(call.state, 'accepted');
});

test('a call that was accepted while it was away, of which only the welcome tells, is accepted', () => {
  const { server, clock, socket, call, told } = calling();
  socket.drop(1006);
  clock.advance(2_500);
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [], calls: [{ call: 'c1', made: true, accepted: true, peer: 'p7' }] });
  next.answer('ping', { type: 'pong' });
  assert.deepEqual([call.state, call.peer, told.at(-1)], ['accepted', 'p7', 'accepted p7 undefined']);
});

test('a call that the resumed session is not in any more ends as what waited for it says, or as lost', () => {
  for (const reason of ['busy', undefined]) {
    const { server, clock, socket, told } = calling();
    socket.drop(1006);
    clock.advance(2_500);
    const next = server.welcome({ peer: 'me', resumed: true, rooms: [], calls: [] });
    if (reason) next.say({ type: 'call-ended', call: 'c1', reason });
    next.answer('ping', { type: 'pong' });
    assert.deepEqual([told.at(-1), told.filter(each => each.startsWith('ended')).length], [`ended ${reason ?? 'lost'}`, 1]);
  }
});

test('a call that began while it was away rings after the resume', () => {
  const { server, clock, client, socket } = setUp();
  socket.drop(1006);
  clock.advance(2_500);
  /** @type {Call[]} */
  const calls = [];
  client.on('call', call => calls.push(call));
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [], calls: [{ call: 'c1' }] });
  next.say({ type: 'call', call: 'c1', from: 'p9', user: 'alice' });
  next.answer('ping', { type: 'pong' });
  assert.deepEqual([calls.map(({ state }) => state), next.sent], [['ringing'], []]);
});

test('a call whose name was lost with its connection rings for nobody after the resume', async () => {
  const { server, clock, client, socket } = setUp();
  const call = client.call('bob');
  socket.drop(1006);
  await settled();
  assert.equal(call.reason, 'lost');
  clock.advance(2_500);
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [], calls: ['c1'] });
  next.answer('ping', { type: 'pong' });
  assert.equal(next.take('hangup').call, 'c1');
});

test('an accept whose answer was lost is repeated by the resumed session', async () => {
  const { server, clock, socket, call, told } = called();
  const accepting = call.accept('hi');
  socket.drop(1006);
  clock.advance(2_500);
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [], calls: ['c1'] });
  assert.equal(next.answer('accept', { type: 'ok' }).data, 'hi');
  await accepting;
  assert.deepEqual([call.state, told], ['accepted', ['accepted p9 {"video":true}']]);
});

test('an accept whose answer was lost is over with the session, with the call, or with a hang-up that is told both ways', async () => {
  for (const ending of ['session', 'call', 'hangup']) {
    const { server, clock, socket, call } = called();
    const accepting = call.accept();
    socket.drop(1006);
    if (ending === 'hangup') void call.hangup();
    clock.advance(2_500);
    const next = ending === 'session' ? server.welcome({ peer: 'new' })
      : server.welcome({ peer: 'me', resumed: true, rooms: [], calls: [] });
    if (ending === 'call') next.answer('ping', { type: 'pong' });
    await assert.rejects(accepting, { code: 'call-gone' });
    assert.deepEqual(next.sent.map(({ type }) => type), ending === 'hangup' ? ['reject', 'hangup'] : []);
  }
});

test('a hang-up whose answer was lost is told again by the resumed session', async () => {
  const { server, clock, socket, call } = calling();
  void call.hangup();
  assert.equal(socket.take('hangup').call, 'c1');
  socket.drop(1006);
  await settled();
  clock.advance(2_500);
  assert.equal(server.welcome({ peer: 'me', resumed: true, rooms: [], calls: ['c1'] }).take('hangup').call, 'c1');
});

test('a hang-up meant for a session that is over is not told to the next one', () => {
  const { server, clock, socket, call } = calling();
  socket.drop(1006);
  void call.hangup();
  clock.advance(2_500);
  assert.deepEqual(server.welcome({ peer: 'new' }).sent, []);
});

test('a call without a connection for as long as a session is kept is lost', () => {
  const { server, clock, socket, call } = calling();
  socket.drop(1006);
  for (let seconds = 0; seconds < 44; seconds++) {
    clock.advance(1_000);
    if (server.socket.readyState === 0) server.socket.drop(1006);
  }
  assert.equal(call.state, 'ringing');
  clock.advance(1_000);
  assert.equal(call.reason, 'lost');
});

test('closing the client ends its calls and leaves no timer', () => {
  const { client, clock, call, socket } = calling();
  socket.drop(1006);
  client.close();
  assert.deepEqual([call.reason, clock.pending], ['lost', 0]);
});

test('a call told twice is one call', () => {
  const { client, socket } = called();
  client.on('call', () => assert.fail('told again'));
  socket.say({ type: 'call', call: 'c1', from: 'p9', user: 'alice' });
});
