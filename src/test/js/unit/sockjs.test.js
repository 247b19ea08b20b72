// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SockJsSocket } from '../../../../webroot/heliograph/sockjs.js';
import { FakeSockJs } from './fake-sockjs.js';
import { settled } from './fakes.js';

function setUp() {
  const server = new FakeSockJs();
  const socket = new SockJsSocket('ws://host/prefix/v1/ws?token=x', server.fetch);
  /** @type {unknown[]} */
  const heard = [];
  socket.onopen = () => heard.push('open');
  socket.onmessage = ({ data }) => heard.push(data);
  socket.onbeat = () => heard.push('beat');
  socket.onclose = ({ code }) => heard.push(code);
  return { server, socket, heard };
}

async function open() {
  const all = setUp();
  all.server.say('o');
  await settled();
  all.heard.length = 0;
  return all;
}

test('it opens below the address of the WebSocket, each time as another session, and sends no cookies', async () => {
  const { server, socket, heard } = setUp();
  const other = new SockJsSocket('ws://host/prefix/v1/ws', server.fetch);
  assert.equal(server.sessions.length, 2);
  assert.equal(server.open[0].init.credentials, 'omit');
  assert.equal(socket.readyState, 0);
  server.say('o');
  await settled();
  assert.deepEqual([heard, socket.readyState], [['open'], socket.OPEN]);
  other.close();
});

test('messages and beats arrive in order, and the next poll is under way', async () => {
  const { server, heard } = await open();
  server.say('h', 'a["one","two"]');
  await settled();
  server.say('a["three"]');
  await settled();
  assert.deepEqual(heard, ['beat', 'one', 'two', 'three']);
  assert.deepEqual(server.open.map(({ path }) => path), ['xhr']);
});

test('one request at a time brings what is sent, and what waits meanwhile goes together, in order', async () => {
  const { server, socket } = await open();
  for (const text of ['1', '2', '3']) socket.send(text);
  await settled();
  assert.equal(server.open.filter(({ path }) => path === 'xhr_send').length, 1);
  assert.deepEqual(server.take(), [1]);
  await settled();
  assert.deepEqual(server.take(), [2, 3]);
  await settled();
  socket.send('4');
  assert.deepEqual(server.take(), [4]);
});

test('a request carries a bounded part of what waits', async () => {
  const { server, socket } = await open();
  socket.send('0');
  const long = JSON.stringify('x'.repeat(40_000));
  for (const text of [long, '1', ...Array(150).fill('2')]) socket.send(text);
  /** @type {number[]} */
  const counts = [];
  for (let turn = 0; turn < 4; turn++) {
    counts.push(server.take().length);
    await settled();
  }
  assert.deepEqual(counts, [1, 1, 100, 51]);
});

test('the last frame of the server stands for its close code', async () => {
  const { server, socket, heard } = await open();
  server.say('a["{\\"data\\":\\"close\\"}","{\\"type\\":\\"close\\",\\"code\\":1012}","never"]');
  await settled();
  assert.deepEqual([heard, socket.readyState, server.open], [['{"data":"close"}', 1012], 3, []]);
});

test('closing sends what waits and the code at once, in a request that outlives the page, and then stops polling', async () => {
  const { server, socket, heard } = await open();
  socket.send('1');
  socket.send('2');
  socket.close(1000);
  const sends = server.open.filter(({ path }) => path === 'xhr_send');
  assert.deepEqual(sends.map(({ body }) => body), [['1'], ['2', '{"type":"close","code":1000}']]);
  assert.equal(sends[1].init.keepalive, true);
  assert.equal(socket.readyState, 3);
  sends[1].answer(204);
  await settled();
  assert.deepEqual([heard, server.open], [[1000], []]);
});

test('closing before it is open just ends', async () => {
  const { server, socket, heard } = setUp();
  socket.close(1000);
  await settled();
  assert.deepEqual([heard, server.open], [[1006], []]);
});

for (const [what, breaks] of /** @type {[string, (server: FakeSockJs, socket: SockJsSocket) => void][]} */ ([
  ['a poll that fails', server => server.call('xhr').fail()],
  ['a poll that is refused', server => server.call('xhr').answer(503)],
  ['a session that another server begins anew', server => server.say('o')],
  ['a close of SockJS itself', server => server.say('c[3000,"Go away!"]')],
  ['an answer that is no SockJS', server => server.say('<html>')],
  ['an array that is none', server => server.say('a[')],
  ['a message not taken', (server, socket) => {
    socket.send('1');
    server.call('xhr_send').answer(404);
  }],
  ['a message whose fate is unknown', (server, socket) => {
    socket.send('1');
    server.call('xhr_send').fail();
  }],
])) {
  test(`${what} is a broken connection, told once`, async () => {
    const { server, socket, heard } = await open();
    breaks(server, socket);
    await settled();
    assert.deepEqual([heard, socket.readyState, server.open], [[1006], 3, []]);
  });
}
