import type { LinkState } from '../../../core/client/view.ts';
import { useNow } from './now.ts';

/** Past this a reply is felt to be slow. */
const GOOD_MS = 150;
/** Silence is told of once an answer is this much overdue. */
const SILENT_MS = 5_000;

/** `● 24 ms`, `◐ 480 ms`, `◔ no answer for 8 s`, `○ offline`: a glyph and a word, never colour alone. */
export function LinkQuality({ link, brief }: { link: LinkState; brief: boolean }) {
  useNow();
  const [kind, glyph, text, said] = quality(link);
  return (
    <span class={`quality ${kind}`} title={said}>
      <span class="glyph" aria-hidden="true">
        {glyph}
      </span>
      {brief && kind === 'good' ? null : <span aria-hidden="true">{text}</span>}
      <span class="unseen">{said}</span>
    </span>
  );
}

function quality(link: LinkState): readonly [string, string, string, string] {
  switch (link.state) {
    case 'connecting':
    case 'registering':
      return ['wait', '◌', 'connecting', 'Connecting to the server'];
    case 'offline':
    case 'refused':
      return ['lost', '○', 'offline', 'Not connected'];
    case 'online': {
      if (link.silentMs >= SILENT_MS) {
        const text = `no answer for ${Math.round(link.silentMs / 1_000)} s`;
        return ['poor', '◔', text, `Connected, but ${text}`];
      }
      if (link.lagMs === undefined) return ['good', '●', 'online', 'Connected'];
      const lag = Math.round(link.lagMs);
      if (lag < GOOD_MS) return ['good', '●', `${lag} ms`, `Connected; the server answers in ${lag} ms`];
      return ['slow', '◐', `${lag} ms`, `Connected, but slow: the server answers in ${lag} ms`];
    }
  }
}
