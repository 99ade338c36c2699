/**
 * Dials the server this page came from: IRC over WebSocket (https://ircv3.net/specs/extensions/websocket), one line in
 * one text frame, without its line ending. Browsers hand over whole frames of valid UTF-8, so there is nothing to cut.
 */
import type { Link, Outgoing, Peer } from '../../core/ports.ts';
import type { Received } from '../../core/wire/line-reader.ts';

const PROTOCOL = 'text.ircv3.net';

/** A phone on a bad line needs some seconds for the TLS and WebSocket handshakes; past this it will not come. */
const DIAL_MS_MAX = 15_000;

/**
 * Twice what IRCv3 allows a line with tags (8191 + 512 bytes). The server is not trusted more than a peer is.
 * In UTF-16 units, which are never more than the bytes.
 */
const LINE_LENGTH_MAX = 17_500;

/** Resolves to an open link, or rejects with a sentence for people. */
export function dialOrigin(page: Pick<Location, 'protocol' | 'host'> = location): Promise<Link> {
  const secure = page.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${secure ? 'wss' : 'ws'}://${page.host}/`, [PROTOCOL]);
    socket.binaryType = 'arraybuffer'; // never sent to us in this protocol; cheaper to drop than a Blob
    const tooLong = setTimeout(() => {
      reject(new Error('The server does not answer.'));
      socket.close();
    }, DIAL_MS_MAX);
    socket.addEventListener('open', () => {
      clearTimeout(tooLong);
      resolve(new WebSocketLink(socket, { address: page.host, kind: 'websocket', secure }));
    });
    socket.addEventListener('close', () => {
      clearTimeout(tooLong);
      reject(new Error(navigator.onLine ? 'The server cannot be reached.' : 'This device has no network.'));
    });
  });
}

class WebSocketLink implements Link {
  readonly peer: Peer;
  onLines: (lines: readonly Received[]) => void = () => undefined;
  onClosed: (reason: string) => void = () => undefined;
  readonly #socket: WebSocket;
  /** Frames that are delivered one after the other belong to one turn: a page of history is one picture, not hundreds. */
  #waiting: Received[] = [];
  #scheduled = false;
  #ended = false;

  constructor(socket: WebSocket, peer: Peer) {
    this.#socket = socket;
    this.peer = peer;
    socket.addEventListener('message', (event: MessageEvent<unknown>) => this.#receive(event.data));
    socket.addEventListener('close', (event) => this.#end(event.reason === '' ? 'The link broke.' : event.reason));
    this.#channel.port1.addEventListener('message', () => this.#flush());
    this.#channel.port1.start();
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(lines: Outgoing): void {
    if (this.#ended || this.#socket.readyState !== WebSocket.OPEN) return;
    for (const line of lines.text.split('\r\n')) if (line !== '') this.#socket.send(line);
  }

  /** A page cannot stop its browser from reading; the engine's own limits hold instead. */
  pause(): void {
    return;
  }

  resume(): void {
    return;
  }

  close(reason: string): void {
    this.#socket.close(1000, shortened(reason));
    // A half-open socket reports its end only minutes later: for us it has ended here.
    this.#end(reason);
  }

  /** A message to ourselves runs after the frames that are already here, and (unlike a timer) at once in hidden tabs. */
  readonly #channel = new MessageChannel();

  #receive(data: unknown): void {
    if (this.#ended || typeof data !== 'string') return;
    if (data.length > LINE_LENGTH_MAX) this.#waiting.push({ fault: 'line-too-long' });
    else for (const line of data.split(/[\r\n]+/)) if (line !== '') this.#waiting.push(line);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#channel.port2.postMessage(undefined);
  }

  #flush(): void {
    this.#scheduled = false;
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length > 0) this.onLines(lines);
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#flush();
    this.#ended = true;
    this.#channel.port1.close();
    this.onClosed(reason);
  }
}

/** RFC 6455 §5.5: a close reason has at most 123 bytes; three bytes hold any UTF-16 unit. */
function shortened(reason: string): string {
  return reason.slice(0, 41);
}
