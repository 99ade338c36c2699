/**
 * How many columns text takes. Text is cut into clusters (what a reader sees as one character), and a cluster is
 * zero, one or two columns wide. Terminals disagree about some clusters (emoji with a variation selector, joined
 * emoji, Indic syllables): those are marked `sure: false`, and whoever writes them sets the column again behind them.
 */
import { eastAsianWidth } from 'get-east-asian-width';

export interface Cluster {
  readonly text: string;
  readonly width: 0 | 1 | 2;
  readonly sure: boolean;
}

/** Code points kept of one cluster: the longest emoji in Unicode has ten, a stack of a thousand accents is an attack. */
const CLUSTER_CODE_POINTS_MAX = 12;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const ASCII = /^[\x20-\x7e]*$/;

/**
 * What must never reach a terminal as it is: control characters, and invisible ones that change the direction or the
 * place of what follows. `\n` stays; whoever wraps text breaks there. ZWJ stays, because emoji are made with it.
 */
const UNPRINTABLE =
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200c\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ud800-\udfff\u{e0000}-\u{e001f}]/gu;

/** Text with everything taken out that a terminal could obey. Tabs become spaces. */
export function printable(text: string): string {
  if (ASCII.test(text)) return text;
  return text.replace(UNPRINTABLE, (char) => (char === '\t' ? '  ' : ''));
}

/** The clusters of printable text. */
export function clustersOf(text: string): Cluster[] {
  const clusters: Cluster[] = [];
  if (ASCII.test(text)) {
    for (const char of text) clusters.push({ text: char, width: 1, sure: true });
    return clusters;
  }
  for (const { segment } of segmenter.segment(printable(text))) clusters.push(clusterOf(segment));
  return clusters;
}

export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(printable(text))) width += clusterOf(segment).width;
  return width;
}

/** The beginning of the text that fits; an ellipsis stands for the rest. */
export function fit(text: string, columns: number): string {
  const clean = printable(text).replaceAll('\n', ' ');
  if (widthOf(clean) <= columns) return clean;
  if (columns <= 0) return '';
  let kept = '';
  let width = 0;
  for (const cluster of clustersOf(clean)) {
    if (width + cluster.width > columns - 1) break;
    kept += cluster.text;
    width += cluster.width;
  }
  return `${kept}…`;
}

/** Cut or filled up with spaces to exactly this many columns. */
export function pad(text: string, columns: number): string {
  const kept = fit(text, columns);
  return kept + ' '.repeat(Math.max(0, columns - widthOf(kept)));
}

/** Marks, format characters, and the Hangul vowels and finals that join the letter before them. */
const ZERO = /^(?:[\p{Mn}\p{Me}\p{Mc}\p{Cf}\u{1160}-\u{11ff}\u{d7b0}-\u{d7fb}])$/u;
/** Clusters that are drawn as one picture, two columns wide. */
const EMOJI =
  /^(?:\p{Regional_Indicator}{2}|[0-9#*]\u{fe0f}?\u{20e3}|\p{Extended_Pictographic}(?=.*(?:\u{fe0f}|\u{200d}|\p{Emoji_Modifier})))/su;

const known = new Map<string, Cluster>();
/** Enough for the letters of several languages; a room full of rare clusters only costs time. */
const KNOWN_MAX = 4_096;

function clusterOf(segment: string): Cluster {
  const found = known.get(segment);
  if (found !== undefined) return found;
  const points = Array.from(segment);
  const cut = points.length > CLUSTER_CODE_POINTS_MAX;
  const cluster = {
    text: cut ? points.slice(0, CLUSTER_CODE_POINTS_MAX).join('') : segment,
    ...measure(segment, points),
  };
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(segment, cluster);
  return cluster;
}

function measure(segment: string, points: readonly string[]): { width: 0 | 1 | 2; sure: boolean } {
  if (segment === '\n') return { width: 0, sure: true };
  if (EMOJI.test(segment)) return { width: 2, sure: false };
  let width = 0;
  let unsure = false;
  for (const [index, point] of points.entries()) {
    if (ZERO.test(point)) unsure ||= index === 0 || /\p{Mc}|\ufe0f|\u200d/u.test(point);
    else width += eastAsianWidth(point.codePointAt(0) ?? 0);
  }
  return { width: Math.min(width, 2) as 0 | 1 | 2, sure: !unsure && width <= 2 };
}
