/** What clients report of what they did and saw. Each client's events are in their order; between clients `at` tells. */

/** What every event has. `peer`: who the client was, as the last welcome said. */
interface Reported {
  /** Milliseconds since 1970, by this machine's one clock. */
  at: number;
  client: number;
  peer?: string;
}

/** The server welcomed it as `peer`. `since`: when it had last heard on the connection before, 0 at the first. */
type Welcome = { what: 'welcome'; resumed: boolean; user: string; since: number };
/** The page is gone for good: closed in order, or crashed without a word. */
type Over = { what: 'over'; how: 'closed' | 'crashed' };
/** A relay with `to`: handed to the library, and refused by it. */
type Sent = { what: 'sent'; to: string; n: number };
type Failed = { what: 'failed'; to: string; n: number; code: string };
/** A relay with `to` that arrived; who sent it and to whom, by its payload, are `origin` and `to`. */
type Got = { what: 'got'; from: string; origin: string; to: string; n: number };
/**
 * A relay by room, user or topic that arrived; `n` counts what `origin` sent to that address. That is another peer than `from`
 * where it waited for a connection and the session ended meanwhile.
 */
type Heard = { what: 'heard'; by: 'room' | 'user' | 'topic'; name: string; from: string; origin: string; n: number; probe?: number };
type Asked = { what: 'joining' | 'leaving'; room: string };
type Joined = { what: 'joined'; room: string; capacity: number; order: number; peers: Seen[] };
/** Not in the room any more, or never: left, refused. */
type Out = { what: 'out'; room: string };
type PeerJoined = { what: 'peer-joined'; room: string; other: string; order: number };
type PeerUpdated = { what: 'peer-updated'; room: string; other: string };
type PeerLeft = { what: 'peer-left'; room: string; other: string; reason: string };
/** A frame of a call on the wire; `end`: that of the other side, or the answer to one's own. */
type CallFrame = { what: 'call'; call: string; step: 'begin' | 'accepted' | 'end' | 'ended-it'; reason?: string };
/** The server gave up frames of this client, or the library did (`unconfirmed`). */
type Dropped = { what: 'dropped'; to?: string; count: number; reason: string };
/** The state of the connection. */
type Line = { what: 'line'; state: string; code?: number };

export type Event = Reported &
  (Welcome | Over | Sent | Failed | Got | Heard | Asked | Joined | Out | PeerJoined | PeerUpdated | PeerLeft | CallFrame | Dropped | Line);

export interface Seen {
  peer: string;
  order: number;
}

/** What a client has and believes, once it is asked. */
export interface Snapshot {
  client: number;
  state: string;
  peer?: string;
  user: string;
  rooms: Record<string, { order: number; capacity: number; peers: Seen[] }>;
  topics: string[];
  presence: Record<string, number>;
  /** By id; those without one have not rung yet. */
  calls: Record<string, string>;
  /** Relays not settled yet, and other questions. */
  open: number;
}

/** Of all clients of a worker, since the start. */
export interface Counts {
  operations: Record<string, number>;
  delivery: { resent: number; duplicates: number; pending: number };
}

/** What a worker needs to know. */
export interface WorkerSettings {
  seed: number;
  indexes: number[];
  clients: number;
  /** The library's time runs so many times as fast. */
  speed: number;
  /** Operations of one client in a second, on average. */
  rate: number;
  /** Where clients connect: each list is a way, whose addresses are tried in random order. */
  ways: string[][];
}

export type Order =
  | { do: 'start'; settings: WorkerSettings }
  | { do: 'go'; round: number }
  | { do: 'pause' }
  | { do: 'probe'; probe: number }
  | { do: 'hang-up' }
  | { do: 'snapshot' }
  | { do: 'cut'; share: number }
  | { do: 'counts' }
  | { do: 'leave' };
