// @ts-check
/** Whether all clients, all servers and the directory say the same, once nothing is under way. */

/** @typedef {import('../clients/events.js').Snapshot} Snapshot */
/** @typedef {Record<string, any>} State what a server's /state says */
/** @typedef {Record<string, number>} Roster join numbers by peer */

/**
 * @param {Snapshot[]} snapshots of all clients
 * @param {State[]} states of all servers
 * @returns {string | undefined} the first thing on which they do not agree
 */
export function disagreement(snapshots, states) {
  const silent = states.findIndex(({ directory }) => !directory);
  if (silent >= 0) return `server ${silent + 1}: its directory does not answer`;
  const late = snapshots.find(({ state, open }) => state !== 'online' || open > 0);
  if (late) return `client ${late.client}: ${late.state}, ${late.open} questions open`;
  const rosters = rostersOf(snapshots);
  return amongClients(snapshots, rosters) ?? ofPresence(snapshots) ?? ofSessions(snapshots, states) ?? ofServers(rosters, states)
    ?? ofCrowds(states, 'topics') ?? ofCrowds(states, 'users');
}

/**
 * @param {State[]} states
 * @param {string[]} parts of the directory
 * @returns {string | undefined} what is left though everybody has gone
 */
export function leftover(states, parts) {
  for (const { directory, nodes } of states) {
    if (!directory) return 'directory: no answer';
    for (const part of parts) {
      if (Object.keys(directory[part]).length > 0) return `directory: ${part}: ${JSON.stringify(directory[part]).slice(0, 500)}`;
    }
    for (const { node, peers, rooms, calls } of nodes) {
      const counts = { peers: size(peers), rooms: size(rooms), made: size(calls.made), incoming: size(calls.incoming) };
      if (Object.values(counts).some(count => count > 0)) return `node ${node}: ${JSON.stringify(counts)}`;
    }
  }
  return undefined;
}

/** @param {Snapshot[]} snapshots @returns {Map<string, Roster>} who is in each room, by the word of those in it */
function rostersOf(snapshots) {
  /** @type {Map<string, Roster>} */
  const rosters = new Map();
  for (const { peer, rooms } of snapshots) {
    for (const [name, { order }] of Object.entries(rooms)) {
      rosters.set(name, { ...rosters.get(name), [/** @type {string} */ (peer)]: order });
    }
  }
  return rosters;
}

/** @param {Snapshot[]} snapshots @param {Map<string, Roster>} rosters */
function amongClients(snapshots, rosters) {
  for (const { client, peer, rooms } of snapshots) {
    for (const [name, { order, peers }] of Object.entries(rooms)) {
      const seen = Object.fromEntries([[peer, order], ...peers.map(other => [other.peer, other.order])]);
      const wrong = difference(rosters.get(name) ?? {}, seen);
      if (wrong) return `${name}, as client ${client} (${peer}) sees it: ${wrong}`;
    }
  }
  return undefined;
}

/** @param {Snapshot[]} snapshots */
function ofPresence(snapshots) {
  for (const { client, presence } of snapshots) {
    for (const [user, seen] of Object.entries(presence)) {
      const there = snapshots.filter(other => other.user === user).length;
      if (seen !== there) return `presence: client ${client} sees ${seen} of ${user} (expected: ${there})`;
    }
  }
  return undefined;
}

/** @param {Snapshot[]} snapshots @param {State[]} states */
function ofSessions(snapshots, states) {
  /** @type {Record<string, number>} */
  const clients = Object.fromEntries(snapshots.map(({ peer }) => [peer, 1]));
  /** @type {Record<string, number>} */
  const nodes = {};
  for (const { node, peers, away, gone } of states.flatMap(state => state.nodes)) {
    for (const peer of peers) nodes[peer] = (nodes[peer] ?? 0) + 1;
    if (away.length > 0) return `away on node ${node}: ${away}`;
    if (size(gone) > 0) return `gone for node ${node}: ${JSON.stringify(gone)}`;
  }
  const onNodes = difference(clients, nodes);
  if (onNodes) return `peers on all nodes: ${onNodes}`;
  for (const [index, { directory }] of states.entries()) {
    const wrong = difference(clients, Object.fromEntries(Object.keys(directory.sessions).map(peer => [peer, 1])));
    if (wrong) return `sessions in the directory, as server ${index + 1} sees it: ${wrong}`;
  }
  return undefined;
}

/** @param {Map<string, Roster>} rosters @param {State[]} states */
function ofServers(rosters, states) {
  for (const { node, rooms } of states.flatMap(state => state.nodes)) {
    for (const [name, { roster }] of Object.entries(rooms)) {
      if (!Object.values(roster).some(member => member.node === node)) continue; // not one of this room's nodes any more
      const seen = Object.fromEntries(Object.entries(roster).map(([peer, { order }]) => [peer, order]));
      const wrong = difference(rosters.get(name) ?? {}, seen);
      if (wrong) return `${name}, on node ${node}: ${wrong}`;
    }
  }
  const members = Object.fromEntries([...rosters].map(([name, roster]) => [name, size(roster)]));
  for (const [index, { directory }] of states.entries()) {
    /** @type {Record<string, number>} */
    const seats = {};
    for (const [name, entry] of Object.entries(directory.rooms)) {
      const taken = Object.values(entry.seats).reduce((sum, own) => sum + own.members, 0);
      if (taken > 0) seats[name] = taken;
    }
    const wrong = difference(members, seats);
    if (wrong) return `seats in the directory, as server ${index + 1} sees it: ${wrong}`;
  }
  return undefined;
}

/** @param {State[]} states @param {'topics' | 'users'} kind */
function ofCrowds(states, kind) {
  const nodes = states.flatMap(state => state.nodes);
  /** @type {Record<string, Record<string, number>>} by name and node, how many peers each node says it has itself */
  const all = {};
  for (const { node, [kind]: crowds } of nodes) {
    for (const [name, counts] of Object.entries(crowds)) if (counts[node] > 0) all[name] = { ...all[name], [node]: counts[node] };
  }
  for (const { node, [kind]: crowds } of nodes) {
    for (const [name, counts] of Object.entries(crowds)) {
      if (!(counts[node] > 0)) continue; // it may be about to lose interest
      const wrong = difference(all[name], Object.fromEntries(Object.entries(counts).filter(([, members]) => members > 0)));
      if (wrong) return `${kind} ${name}, on node ${node}: ${wrong}`;
    }
  }
  return undefined;
}

/**
 * @param {Record<string, number>} expected
 * @param {Record<string, number>} actual
 * @returns {string | undefined} which entries differ
 */
function difference(expected, actual) {
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].filter(key => expected[key] !== actual[key]);
  if (keys.length === 0) return undefined;
  return keys.map(key => `${key}: ${actual[key] ?? 'none'} (expected: ${expected[key] ?? 'none'})`).slice(0, 8).join(', ');
}

/** @param {object | unknown[]} all */
function size(all) {
  return Object.keys(all).length;
}
