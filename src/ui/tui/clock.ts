/** Times as the person reads them, in the machine's time zone. */
export interface Clock {
  /** `12:05`. */
  time(at: number): string;
  /** `Friday, 20 November 2026`; two times are on one day when this is equal. */
  day(at: number): string;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Every time zone's midnight falls on a quarter of an hour, so times of one quarter are of one day. */
const QUARTER_MS = 15 * 60 * 1000;
const days = new Map<number, string>();
const DAYS_KEPT = 1_000;

export const localClock: Clock = {
  time: (at) => {
    const date = new Date(at);
    return `${two(date.getHours())}:${two(date.getMinutes())}`;
  },
  day: (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    const known = days.get(quarter);
    if (known !== undefined) return known;
    const date = new Date(at);
    const day = `${DAYS[date.getDay()]}, ${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
    if (days.size >= DAYS_KEPT) days.clear();
    days.set(quarter, day);
    return day;
  },
};

function two(value: number): string {
  return String(value).padStart(2, '0');
}
