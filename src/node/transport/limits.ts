/** Bounds of what a peer can make a transport wait for or keep. Lines have theirs in core/wire/line-reader.ts. */

/** Between `close` and cutting a peer that does not take its last bytes: time for one slow round trip. */
export const CLOSE_MS_MAX = 5_000;

/** From a TCP connection to the end of the TLS or HTTP handshake: slow phones need some seconds. */
export const HANDSHAKE_MS_MAX = 10_000;

/** A dial that has not succeeded by then will not. */
export const DIAL_MS_MAX = 15_000;

/** Our longest legal line is 4096 + 510 bytes; what is longer than this is cut with close code 1009. */
export const FRAME_BYTES_MAX = 16 * 1024;

/** One line needs one fragment; more than this is a way to make us keep many small pieces. */
export const FRAGMENTS_MAX = 64;
