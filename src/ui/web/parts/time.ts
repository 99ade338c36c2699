/** Times as people of this browser write them. Formatters are made once: making one costs more than a row. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });

export const clockTime = (at: number): string => clock.format(at);
export const wholeTime = (at: number): string => whole.format(at);

/** `Today`, `Yesterday`, `Tuesday, 17 November`, and with the year when it is another one. */
export function dayName(at: number, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return 'Today';
  today.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return 'Yesterday';
  return (date.getFullYear() === new Date(now).getFullYear() ? day : dayOfYear).format(at);
}
