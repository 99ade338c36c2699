/** Draws the formatter's nodes as elements: never as HTML, so that text from others stays text. */
import type { ComponentChildren, CSSProperties } from 'preact';
import { useState } from 'preact/hooks';
import { formatText, type FormatNode, type InlineNode, type Style } from '../../shared/format/format.ts';

export function Formatted({ text }: { text: string }) {
  return <>{formatText(text).map(node)}</>;
}

function node(part: FormatNode, key: number): ComponentChildren {
  switch (part.kind) {
    case 'text':
      return styled(part.text, part.style, key);
    case 'code':
      return <code key={key}>{part.text}</code>;
    case 'link':
      return (
        <a key={key} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {styled(part.text, part.style, 0)}
        </a>
      );
    case 'spoiler':
      return <Spoiler key={key}>{part.children.map(node)}</Spoiler>;
    case 'fence':
      return (
        <pre
          key={key}
          tabIndex={0}
          aria-label={`Code${part.language === '' ? '' : ` in ${part.language}`}`}
          role="region"
        >
          <code>{part.text}</code>
        </pre>
      );
    case 'quote':
      return <blockquote key={key}>{part.children.map((child: InlineNode, i) => node(child, i))}</blockquote>;
  }
}

function styled(text: string, style: Style, key: number): ComponentChildren {
  let drawn: ComponentChildren = text;
  if (style.mono) drawn = <code>{drawn}</code>;
  if (style.bold) drawn = <strong>{drawn}</strong>;
  if (style.italic) drawn = <em>{drawn}</em>;
  if (style.underline) drawn = <u>{drawn}</u>;
  if (style.strike) drawn = <s>{drawn}</s>;
  const css = colours(style);
  return css === undefined ? (
    drawn
  ) : (
    <span key={key} style={css}>
      {drawn}
    </span>
  );
}

/**
 * Colours that people chose are only honest with a ground of their own: red on our paper may be unreadable, so a
 * foreground alone is mixed with the colour of our text until it can be read in both schemes.
 */
function colours({ foreground, background, reverse }: Style): CSSProperties | undefined {
  if (foreground === undefined && background === undefined && !reverse) return undefined;
  if (background === undefined && !reverse)
    return { color: `color-mix(in oklab, ${foreground ?? ''} 45%, var(--text))` };
  const [front, ground] = [foreground ?? 'var(--text)', background ?? 'var(--surface)'];
  return reverse ? { color: ground, background: front } : { color: front, background: ground };
}

function Spoiler({ children }: { children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <button type="button" class="spoiler" aria-expanded={open} onClick={() => setOpen(!open)}>
      {open ? <span>{children}</span> : <span aria-hidden="true">{children}</span>}
      {!open && <span class="unseen">Hidden text. Press to show it.</span>}
    </button>
  );
}
