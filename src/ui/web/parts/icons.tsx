/** The few pictures we draw ourselves: strokes on a 20 x 20 grid, in the colour of the text around them. */
const PATHS = {
  menu: 'M3 5.500h14M3 10h14M3 14.500h14',
  people:
    'M7.500 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.500c0-3 2.500-4.500 5.500-4.500s5.500 1.500 5.500 4.500M13 4.200a3 3 0 0 1 0 5.600M15 12.300c1.800.600 3 2 3 4.200',
  close: 'm5 5 10 10M15 5 5 15',
  plus: 'M10 4v12M4 10h12',
  send: 'M10 16.500v-13M4.500 9 10 3.500 15.500 9',
  reply: 'M8 5 3.500 9.500 8 14M4 9.500h7.500c3 0 5 2 5 5.500',
  smile:
    'M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15ZM7 12c.700 1.200 1.700 1.800 3 1.800s2.300-.600 3-1.800M7.500 7.800v.400M12.500 7.800v.400',
  copy: 'M7.500 7.500V4.200c0-.700.500-1.200 1.200-1.200h7.100c.700 0 1.200.500 1.200 1.200v7.100c0 .700-.500 1.200-1.200 1.200h-3.300M4.200 7.500h7.100c.700 0 1.200.500 1.200 1.200v7.100c0 .700-.500 1.200-1.200 1.200H4.200c-.700 0-1.200-.500-1.200-1.200V8.700c0-.700.500-1.200 1.200-1.200Z',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.500 13.500 17 17',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  down: 'M10 3.500v13M4.500 11l5.500 5.500 5.500-5.500',
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
