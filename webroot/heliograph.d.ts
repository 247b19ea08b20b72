/** A frame of the protocol, either way: `type`, and whatever belongs to that type. */
export type Frame = { type: string } & Record<string, any>;

/** Connects, and stays connected until closed. */
export function connect(options?: ClientOptions): Client;

export interface ClientOptions {
  /** Default: the server that these modules were loaded from. */
  url?: string | URL;
  /** The name this peer shares with the user's other devices, where the server asks for no token. */
  user?: string;
  /** The `data` of every join that brings none of its own. */
  data?: unknown;
  token?: string;
  /** Default: the global one. In Node, that of the package `ws`. */
  WebSocket?: WebSocketClass;
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

/** `waiting`: not connected, next try in `retryIn` milliseconds. `closed`: for good. */
export interface StateChange extends Partial<Ending> {
  state: 'connecting' | 'online' | 'waiting' | 'closed';
  retryIn?: number;
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
/** Exactly one address. */
export type Address = { to: string } | { room: string };

export interface Relayed {
  type: RelayType;
  from: string;
  /** Where it was addressed to a room. */
  room?: string;
  data?: any;
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
  message: Relayed;
}

export interface RosterEvents {
  'peer-joined': { room: string } & Member;
  'peer-updated': { room: string; peer: string; data?: any };
  'peer-left': { room: string; peer: string; reason: string };
}

/** Besides these, every frame the server sends by itself arrives under its own type. */
export interface ClientEvents extends RelayEvents, RosterEvents, Record<string, any> {
  state: StateChange;
  rejoined: Rejoined;
  /** An error of the server to a frame that asked for no answer. */
  error: Frame;
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
  /** Its id; another one after a reconnect that could not resume. */
  readonly peer?: string;
  readonly user?: string;
  readonly iceServers: RTCIceServer[];
  readonly limits: Record<string, number>;
  /** Resolves at the first welcome, rejects when there will be none. */
  readonly ready: Promise<void>;
  /** A room to listen to before it is joined, so that nothing of it is missed. */
  room(name: string, options?: RoomOptions): Room;
  /** A room, joined. */
  join(name: string, options?: RoomOptions): Promise<Room>;
  /** Resolves once it is on its way at every node concerned. */
  relay(type: RelayType, address: Address, data?: unknown): Promise<void>;
  /** Sends any frame and waits for its answer. Rejects with a `SignalingError`. */
  request(frame: Frame): Promise<Frame>;
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
  /** Changes one's own data in the roster. */
  update(data: unknown): Promise<void>;
  /** To everyone else in the room. */
  relay(type: RelayType, data?: unknown): Promise<void>;
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
  /** A signal not sent, or a description or candidate not taken. */
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

export interface MeshOptions {
  /** This page's own key. */
  key: string;
  /** A member's key: something in its data that stays when its peer id changes. */
  keyOf: (member: Member) => string;
  /** Default: a connection with the ICE servers of the client. */
  connect?: () => RTCPeerConnection;
}

export interface MeshEvents {
  came: Participant;
  changed: Participant;
  left: Participant;
}

/** Everyone in a room linked with everyone. One mesh a client. */
export class Mesh extends Emitter<MeshEvents> {
  /** Give it the room before it is joined. */
  constructor(room: Room, options: MeshOptions);
  readonly participants: ReadonlyMap<string, Participant>;
  /** What everyone gets to see or hear from now on. */
  setTrack(kind: MediaKind, track: MediaStreamTrack | null): Promise<void>;
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
