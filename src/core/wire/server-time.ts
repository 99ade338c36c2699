/**
 * Times as the `time` tag and CHATHISTORY write them: `2026-04-27T09:30:05.123Z`, always UTC, always milliseconds.
 * https://ircv3.net/specs/extensions/server-time
 */

/** The last second that was written, without its milliseconds: lines of one second differ in nothing else. */
let secondAt = NaN;
let secondText = '';

/** Writes milliseconds since 1970; whole, and between the years 0 and 9999. */
export function formatServerTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== secondAt) {
    secondText = new Date(second * 1000).toISOString().slice(0, 20);
    secondAt = second;
  }
  const rest = ms - second * 1000;
  return `${secondText}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}

const SHAPE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/;

/**
 * Reads a time in exactly that form; undefined for anything else, and for days that do not exist. A leap second (60)
 * is the first millisecond of the next minute on, as clocks without leap seconds count it.
 */
export function parseServerTime(text: string): number | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second, milli] = match.slice(1).map(Number) as Seven;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second, milli);
}

type Seven = [number, number, number, number, number, number, number];
