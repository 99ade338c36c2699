/** The few pictures we draw ourselves: strokes on a 20 x 20 grid, in the colour of the text around them. */
const PATHS = {
  menu: 'M3 5.500h14M3 10h14M3 14.500h14',
  people:
    'M7.5 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.500c0-3 2.5-4.5 5.5-4.500s5.5 1.5 5.5 4.500M13 4.200a3 3 0 0 1 0 5.600M15 12.300c1.8.6 3 2 3 4.2',
  close: 'm5 5 10 10M15 5 5 15',
  plus: 'M10 4v12M4 10h12',
  send: 'M10 16.5v-13M4.5 9 10 3.5 15.5 9',
  reply: 'M8 5 3.5 9.5 8 14M4 9.500h7.500c3 0 5 2 5 5.5',
  smile:
    'M10 17.500a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM7 12c.7 1.2 1.7 1.8 3 1.800s2.3-.6 3-1.800M7.5 7.8v.400M12.5 7.8v.4',
  copy: 'M7 7V4.500C7 3.7 7.7 3 8.5 3h7c.8 0 1.5.7 1.5 1.5v7c0 .8-.7 1.5-1.5 1.5H13M4.5 7h7c.8 0 1.5.7 1.5 1.5v7c0 .8-.7 1.5-1.5 1.500h-7c-.8 0-1.5-.7-1.5-1.5v-7C3 7.7 3.7 7 4.5 7Z',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.5 13.5 17 17',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  down: 'M10 3.5v13M4.5 11l5.5 5.5 5.5-5.5',
} as const;

export function Icon({ name, size = 20 }: { name: keyof typeof PATHS; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Two speech bubbles. */
export function Logo({ size = 28 }: { size?: number }) {
  return <img src="/icon.svg" width={size} height={size} alt="" />;
}
