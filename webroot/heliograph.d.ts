/** A frame of the protocol, either way: `type`, and whatever belongs to that type. */
export type Frame = { type: string } & Record<string, any>;

/** Connects, and stays connected until closed. */
export function connect(options?: ClientOptions): Client;

export interface ClientOptions {
  /**
   * The server, as `https://host/`, also with the path below which it is; or the WebSocket itself, as `wss://host/v1/ws`.
   * Default: the server that these modules were loaded from. What is no such address throws.
   */
  url?: string | URL;
  /** The name this peer shares with the user's other devices, where the server asks for no token. */
  user?: string;
  /** The `data` of every join that brings none of its own. */
  data?: unknown;
  /**
   * Says who the user is, where the server asks for that. A function is asked at each connection, and for another one before
   * it expires; a text is good until then.
   */
  token?: string | (() => string | Promise<string>);
  /** Default: the global one. In Node, that of the package `ws`. */
  WebSocket?: WebSocketClass;
  /** For SockJS where WebSocket is blocked. Default: the global one; beside a `WebSocket` that was given, none. */
  fetch?: typeof globalThis.fetch;
  clock?: Clock;
  /** From 0 to just below 1. */
  random?: () => number;
}

/** What the library uses of a WebSocket. */
export interface WebSocketClass {
  new (url: string, protocol: string): {
    readonly readyState: number;
    readonly OPEN: number;
    onopen: ((event: any) => void) | null;
    onmessage: ((event: any) => void) | null;
    onclose: ((event: any) => void) | null;
    onerror: ((event: any) => void) | null;
    send(text: string): void;
    close(code?: number): void;
  };
}

export interface Clock {
  /** Milliseconds that only grow. */
  now(): number;
  /** Runs `task` once, unless the function returned is called before. */
  after(milliseconds: number, task: () => void): () => void;
}

/** What went wrong: `code` is one of the protocol's, or `disconnected`, `timeout`, `closed`. */
export class SignalingError extends Error {
  constructor(code: string, message: string, frame?: Record<string, any>);
  static from(frame: Record<string, any>): SignalingError;
  readonly code: string;
  /** The server's error frame, where it sent one. */
  readonly frame?: Record<string, any>;
}

export class Emitter<Events extends Record<string, any>> {
  /** Calls `listener` at every `type` from now on; the function returned takes it off again. */
  on<T extends keyof Events>(type: T, listener: (detail: Events[T]) => void): () => void;
  /** The next `type`, as a promise. */
  next<T extends keyof Events>(type: T): Promise<Events[T]>;
  emit<T extends keyof Events>(type: T, detail: Events[T]): void;
}

/** How a connection ended. */
export interface Ending {
  code: number;
  reason?: string;
  error?: SignalingError;
}

/** How the server is reached: `sockjs` where the network lets no WebSocket pass. */
export type Transport = 'websocket' | 'sockjs';

/** `waiting`: not connected, next try in `retryIn` milliseconds. `closed`: for good. */
export interface StateChange extends Partial<Ending> {
  state: 'connecting' | 'online' | 'waiting' | 'closed';
  retryIn?: number;
  /** When `online`. */
  transport?: Transport;
}

/** A reconnect is over. `resumed`: under the same peer id; otherwise `rooms` were joined again. */
export interface Rejoined {
  previous: string;
  peer: string;
  resumed: boolean;
  /** Those it is in; their `peers` are up to date. */
  rooms: Room[];
}

export type RelayType = 'offer' | 'answer' | 'candidate' | 'bye' | 'message';
export type Signal = Exclude<RelayType, 'message'>;
/** Exactly one address: a peer, a room's other members, all peers of a user, or a topic's subscribers. */
export type Address = { to: string } | { room: string } | { user: string } | { topic: string };

export interface SendOptions {
  /**
   * Milliseconds, the wait for a connection included. Default: 20,000 from when it is sent, however long it waits; to a peer
   * that confirms, as long as it is kept.
   */
  timeout?: number;
  /** Of use only now: without a connection it fails at once, instead of waiting for one, and it is never sent again. */
  volatile?: boolean;
}

export interface Relayed {
  type: RelayType;
  from: string;
  /** Where it was addressed to a room, a user (oneself) or a topic. */
  room?: string;
  user?: string;
  topic?: string;
  data?: any;
}

export interface Message extends Relayed {
  /** Where the sender asks for an answer: gives it. */
  reply?: (data?: unknown) => Promise<void>;
}

export interface Member {
  peer: string;
  /** The number of its join: the lower one was there first. */
  order: number;
  user?: string;
  data?: any;
}

export interface RelayEvents {
  offer: Relayed;
  answer: Relayed;
  candidate: Relayed;
  bye: Relayed;
  message: Message;
}

export interface RosterEvents {
  'peer-joined': { room: string } & Member;
  'peer-updated': { room: string; peer: string; data?: any };
  'peer-left': { room: string; peer: string; reason: string };
}

/** What connections that begin now are to use. */
export interface IceServersChange {
  iceServers: RTCIceServer[];
  /** Seconds for which the credentials are good; absent where nothing expires. */
  iceTtl?: number;
}

/** Besides these, every frame the server sends by itself arrives under its own type. */
export interface ClientEvents extends RelayEvents, RosterEvents, Record<string, any> {
  state: StateChange;
  rejoined: Rejoined;
  /** Somebody calls. Accept or reject it. */
  call: Call;
  /** How many peers a user has that is watched; 0 is offline. */
  presence: { user: string; peers: number };
  /** The server took a subscription, or watches, not again after a reconnect. */
  unsubscribed: { topic: string; error: SignalingError };
  unwatched: { users: string[]; error: SignalingError };
  /** At every welcome, and each time before the credentials expire. */
  'ice-servers': IceServersChange;
  /** An error of the server to a frame that asked for no answer. */
  error: Frame;
  dropped: Dropped;
}

/**
 * Relays of this peer were lost after their promise had resolved. With `to` and `unconfirmed` the library gave up on a peer
 * that is gone, or that has confirmed nothing for a minute: they may have arrived. Any other reason is the server's.
 */
export interface Dropped {
  to?: string;
  room?: string;
  user?: string;
  topic?: string;
  count: number;
  reason: string;
}

/**
 * What delivery from end to end, between two peers that both use this library, has to do. `pending`: relays not confirmed by
 * the other side, and those to one that does not confirm for 2 s. `resent`: how many have been sent once more. `duplicates`:
 * how many came once more, and were left out.
 */
export interface Delivery {
  resent: number;
  duplicates: number;
  pending: number;
}

export interface RoomEvents extends RelayEvents, RosterEvents, Record<string, any> {
  /** In the room, under the peer id `peer`; the second and later times `previous` is the one before. */
  joined: { peer: string; previous?: string; peers: Member[] };
  /** Coming back was refused; without `retryIn`, for good. */
  refused: { error: SignalingError; retryIn?: number };
}

export interface RoomOptions {
  /** Counts for whoever comes first. */
  capacity?: number;
  /** What the others see of this peer. */
  data?: unknown;
}

export class Client extends Emitter<ClientEvents> {
  constructor(options?: ClientOptions);
  readonly state: StateChange['state'];
  /** While `online`. */
  readonly transport?: Transport;
  /** Its id; another one after a reconnect that could not resume. */
  readonly peer?: string;
  readonly user?: string;
  /** For new connections; kept fresh. Older ones learn of a change by the event `ice-servers`. */
  readonly iceServers: RTCIceServer[];
  readonly limits: Record<string, number>;
  /** Resolves at the first welcome, rejects when there will be none. */
  readonly ready: Promise<void>;
  /** Of the users watched, how many of their peers are there, as last heard. */
  readonly presence: ReadonlyMap<string, number>;
  readonly delivery: Delivery;
  /** A room to listen to before it is joined, so that nothing of it is missed. */
  room(name: string, options?: RoomOptions): Room;
  /** A room, joined. */
  join(name: string, options?: RoomOptions): Promise<Room>;
  /** Rings all of a user's devices. Without a connection, so best after `ready`, it ends at once. */
  call(user: string, options?: CallOptions): Call;
  /** Resolves once each user's `presence` was told. Stays, through reconnects, until `unwatch`. */
  watch(users: string[]): Promise<void>;
  unwatch(users: string[]): Promise<void>;
  /** Resolves once nothing is missed any more. Stays, through reconnects, until `unsubscribe`. */
  subscribe(topic: string): Promise<void>;
  unsubscribe(topic: string): Promise<void>;
  publish(topic: string, data?: unknown, options?: SendOptions): Promise<void>;
  /**
   * Resolves once it is on its way at every node concerned. While there is no connection it waits for one, in order and
   * with at most 256 frames of 1 MiB (`too-many`); a `to` rejects with `disconnected` if the session was not resumed then.
   *
   * A relay `to` a peer that uses this library, too, arrives once and in its order, whatever connections or nodes are lost on
   * the way: it is kept until the other side has confirmed it (at most 1,024 to one peer and 8 Mi characters in all, beyond
   * which the promise rejects with `too-many`) and sent again where it must be. It rejects when the other peer is gone or has
   * confirmed nothing for a minute, and with `disconnected` when this side's session is over; where it had resolved by then,
   * a `dropped` event tells.
   *
   * Any other arrives at most once. What was under way when the connection broke rejects with `disconnected`, and what another
   * server did not answer with `unavailable`: whether it arrived is not known. Nor is it of a relay `to` a peer that rejects so.
   */
  relay(type: RelayType, address: Address, data?: unknown, options?: SendOptions): Promise<void>;
  /**
   * Sends a message whose receiver finds a `reply` on its `message` event, and resolves with the first answer. Rejects
   * when it cannot be delivered, with `timeout` after that many milliseconds (20,000) all in all, and with `disconnected`
   * when the session in which it was asked is over.
   */
  ask(address: Address, data?: unknown, options?: { timeout?: number }): Promise<any>;
  /** Sends any frame, now or not at all, and waits for its answer. Rejects with a `SignalingError`. */
  request(frame: Frame, options?: { timeout?: number }): Promise<Frame>;
  /** Sends any frame without asking for an answer. */
  post(frame: Frame): void;
  /** Leaves for good. */
  close(): void;
}

export class Room extends Emitter<RoomEvents> {
  private constructor();
  readonly client: Client;
  readonly name: string;
  /** Everyone but oneself, as last heard. */
  readonly peers: ReadonlyMap<string, Member>;
  readonly capacity?: number;
  readonly order?: number;
  readonly joined: boolean;
  /** Resolves once in it, however many connections that takes; rejects when refused. */
  join(): Promise<void>;
  leave(): Promise<void>;
  /** Changes one's own data in the roster; without a connection, or before the room is joined, what it will be then. */
  update(data: unknown): Promise<void>;
  /** To everyone else in the room. */
  relay(type: RelayType, data?: unknown, options?: SendOptions): Promise<void>;
}

export interface CallOptions {
  /** What the other side learns as its call's `data`. */
  data?: unknown;
}

export interface CallEvents {
  /** The user's devices ring; so many. */
  ringing: { peers: number };
  accepted: { peer: string; data?: any };
  /**
   * Once, however it ends. `reason`: the other side's or the server's (`hangup`, `declined`, `answered-elsewhere`,
   * `no-answer`, `lost`); the code of the `error` where the server refused the call; `lost` also when this side's own
   * session ended.
   */
  ended: { reason: string; error?: SignalingError };
}

/** A call by name. The client tells of an incoming one with its `call` event, and makes one with `call()`. */
export class Call extends Emitter<CallEvents> {
  private constructor();
  readonly client: Client;
  readonly incoming: boolean;
  /** The other side's name. */
  readonly user?: string;
  /** The server's name for it; none until it rings. */
  readonly id?: string;
  readonly state: 'ringing' | 'accepted' | 'ended';
  /** The caller, or who accepted. */
  readonly peer?: string;
  /** What the other side brought: with its call, or with its accept. */
  readonly data?: any;
  /** Why it ended. */
  readonly reason?: string;
  /**
   * Resolves once it is one's own; rejects when another device was faster or the call is over. Is repeated while the caller's
   * server does not answer.
   */
  accept(data?: unknown): Promise<void>;
  /** Ends the ringing on all of one's devices. `reason`, of 1 to 64 characters, is what the caller learns. */
  reject(reason?: string): Promise<void>;
  /** Ends it in any state; an incoming one that rings is declined. */
  hangup(): Promise<void>;
}

/** How connections are made. */
export interface ConnectOptions {
  /**
   * Beside the ICE servers of the client: `{ iceTransportPolicy: 'relay' }`. With `iceServers` of its own those of the client
   * are not used.
   */
  configuration?: RTCConfiguration;
  /** Makes a connection with what it is given. Default: a plain `RTCPeerConnection`. */
  connect?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

export type CallLinkOptions = ConnectOptions;

export interface CallLinkEvents {
  /** Its `state`, `tracks` or `adrift`. */
  changed: CallLink;
  /** Call and connection are over. Once. */
  ended: { reason: string };
}

/**
 * Sound and picture of a call. A call that only signaling lost goes on, `adrift`, for as long as its media does: a server
 * that restarts cuts nobody off.
 */
export class CallLink extends Emitter<CallLinkEvents> {
  /** Give it the call before it is accepted. */
  constructor(call: Call, options?: CallLinkOptions);
  readonly state: RTCPeerConnectionState;
  readonly connection?: RTCPeerConnection;
  /** What the other side sends. */
  readonly tracks: MediaStreamTrack[];
  readonly adrift: boolean;
  /** What the other side gets to see or hear from now on. */
  setTrack(kind: MediaKind, track: MediaStreamTrack | null): Promise<void>;
  /** Hangs up, and ends the connection. */
  close(): void;
}

export interface PeerLinkOptions {
  /** Gives way when offers cross: see `isPolite`. */
  polite: boolean;
  /** Makes the first offer: the side that got `peer-joined`. */
  begins: boolean;
  /** Carries a signal to the other side, in order. */
  send: (type: Signal, data?: unknown) => Promise<unknown>;
}

export interface PeerLinkEvents {
  state: RTCPeerConnectionState;
  track: RTCTrackEvent;
  channel: RTCDataChannel;
  /** The other side ended its connection; so does this one. */
  bye: undefined;
  /** A signal not sent, or a description, candidate or ICE server not taken. */
  error: unknown;
}

/** Perfect negotiation over one RTCPeerConnection, which stays open to tracks, channels and statistics. */
export class PeerLink extends Emitter<PeerLinkEvents> {
  constructor(connection: RTCPeerConnection, options: PeerLinkOptions);
  readonly connection: RTCPeerConnection;
  readonly state: RTCPeerConnectionState;
  /** Which connection the other side negotiates with. */
  readonly remoteOrigin?: string;
  /** Takes what the other side sent. */
  receive(type: Signal, data?: unknown): Promise<void>;
  /** Restarts ICE. Happens by itself when the connection has failed. */
  restart(): void;
  /**
   * Takes renewed ICE servers: they count from the next ICE restart, which comes at once where the connection is disconnected
   * or has failed. `client.on('ice-servers', ({ iceServers }) => link.setIceServers(iceServers))`
   */
  setIceServers(iceServers: RTCIceServer[]): void;
  /** Goes on with the same connection when the two peers have new names. */
  rebind(options: Omit<PeerLinkOptions, 'begins'>): void;
  /** Ends the connection and tells the other side. */
  bye(): void;
  /** Ends the connection without a word. */
  close(): void;
}

/** Whether `self` gives way to `other` when their offers cross. */
export function isPolite(self: string, other: string): boolean;

/** The identity of the connection that made a description. */
export function originOf(description: RTCSessionDescriptionInit | null | undefined): string | undefined;

export type MediaKind = 'audio' | 'video';

export interface MeshOptions extends ConnectOptions {
  /** This page's own key. */
  key: string;
  /** A member's key: something in its data that stays when its peer id changes. */
  keyOf: (member: Member) => string;
  /**
   * Whom to link with; default: everyone. Asked whenever a member is met. Both pages must come to the same answer, as they
   * do when it hangs on what the two say in the roster.
   */
  links?: (member: Member) => boolean;
  /** Milliseconds after which somebody who is not connected is given up; default: as long as signaling knows of it. */
  patience?: number;
  clock?: Clock;
}

export interface MeshEvents {
  came: Participant;
  changed: Participant;
  left: Participant;
}

/** Everyone in a room linked with everyone, or with those whom `links` picks. One mesh a client. */
export class Mesh extends Emitter<MeshEvents> {
  /** Give it the room before it is joined. */
  constructor(room: Room, options: MeshOptions);
  readonly participants: ReadonlyMap<string, Participant>;
  /** What everyone gets to see or hear from now on. */
  setTrack(kind: MediaKind, track: MediaStreamTrack | null): Promise<void>;
  /** Ends the connection with one of them, who comes anew by another offer. */
  drop(key: string): void;
  /** Ends all connections; the room is left by whoever joined it. */
  close(): void;
}

export interface Participant {
  readonly key: string;
  /** None while it is lost to signaling and only its media is left. */
  readonly peer?: string;
  readonly data: any;
  readonly state: RTCPeerConnectionState;
  readonly connection?: RTCPeerConnection;
  /** What it sends. */
  readonly tracks: MediaStreamTrack[];
}

/**
 * `joined`: alone in the room so far. `connected`: the second is there, or its media still flows. `waiting`: it was, and has
 * gone. `full`: there are two already. `left`: not in the room.
 */
export type PairState = 'left' | 'joined' | 'connected' | 'waiting' | 'full';

export interface PairOptions extends ConnectOptions, Pick<MeshOptions, 'key' | 'keyOf'> {
  /** What the other one sees of this peer. */
  data?: unknown;
}

export interface PairEvents {
  state: PairState;
  /** The other one's data, connection or tracks. */
  changed: Participant;
}

/** A room for two. Whoever was there first makes the offer, and waits for the next one when the second has gone. */
export class Pair extends Emitter<PairEvents> {
  constructor(client: Client, room: string, options: PairOptions);
  readonly room: Room;
  readonly state: PairState;
  readonly other?: Participant;
  /** Resolves once in the room; rejects when refused, with `room-full` in state `full`. May be tried again. */
  join(): Promise<void>;
  /** Ends the connection and leaves the room. `join` comes back. */
  leave(): Promise<void>;
  /** What the other one, and whoever comes after it, gets to see or hear from now on. */
  setTrack(kind: MediaKind, track: MediaStreamTrack | null): Promise<void>;
  /** Leaves for good. */
  close(): void;
}
