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

const SHAPE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Reads a time in exactly that form; undefined for anything else, and for days that do not exist. In a leap second
 * (60) it is the next minute already, as in all clocks that count 86,400 seconds a day.
 */
export function parseServerTime(text: string): number | undefined {
  if (!SHAPE.test(text)) return undefined;
  const number = (start: number, end: number): number => Number(text.slice(start, end));
  const month = number(5, 7) - 1;
  const day = number(8, 10);
  const [hour, minute, second] = [number(11, 13), number(14, 16), number(17, 19)];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(number(0, 4), month, day); // unlike Date.UTC, takes the years before 100 as they are
  if (date.getUTCMonth() !== month) return undefined; // the month has no such day
  return date.setUTCHours(hour, minute, second, number(20, 23));
}
