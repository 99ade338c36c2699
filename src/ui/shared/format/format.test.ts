import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { formatText, visibleText, type FormatNode, type Style } from './format.ts';

/** Nodes in a short form that reads: style letters, then the text. */
function short(nodes: readonly FormatNode[]): string {
  return nodes
    .map((node) => {
      if ('children' in node) return `<${node.kind} ${short(node.children)}>`;
      if (node.kind === 'code') return `<code ${node.text}>`;
      if (node.kind === 'fence') return `<fence:${node.language} ${node.text}>`;
      const style = letters(node.style);
      if (node.kind === 'link') return `<link${style && `:${style}`} ${node.href}>`;
      return style === '' ? node.text : `<${style} ${node.text}>`;
    })
    .join('');
}

function letters(style: Style): string {
  const flags = (['bold', 'italic', 'underline', 'strike', 'mono', 'reverse'] as const).filter((flag) => style[flag]);
  const colours = [style.foreground, style.background].map((colour) => colour ?? '-').join('/');
  return [...flags, ...(colours === '-/-' ? [] : [colours])].join('+');
}

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['plain', 'plain'],
  ['a **b *c* d** e', 'a <bold b ><bold+italic c><bold  d> e'],
  ['**a* b', '**a* b'],
  ['***both***', '<bold+italic both>'],
  ['_i_ __u__ ~~s~~', '<italic i> <underline u> <strike s>'],
  ['snake_case and 2*3*4 and a || b', 'snake_case and 2*3*4 and a || b'],
  ['**a* and *b**', '<bold a* and *b>'],
  ['`x*y*` and ``a`b`` and `un', '<code x*y*> and <code a`b> and `un'],
  ['||see https://a.b/c||', '<spoiler see <link https://a.b/c>>'],
  ['(https://x.org/a_(b)), ok', '(<link https://x.org/a_(b)>), ok'],
  ['**https://x.org**', '<link:bold https://x.org>'],
  [
    'irc://h/#r mailto:a@b.c MAILTO:x javascript:alert(1) xhttps://a',
    '<link irc://h/#r> <link mailto:a@b.c> MAILTO:x javascript:alert(1) xhttps://a',
  ],
  ['https:// http://', 'https:// http://'],
  ['> one\n> two\nthree', '<quote one\ntwo>three'],
  ['before\n> quoted **b**', 'before<quote quoted <bold b>>'],
  ['>:( and > no', '>:( and > no'],
  ['look\n```js\nlet a;\n\nb\n```\nafter', 'look<fence:js let a;\n\nb>after'],
  ['```one line```', '<code one line>'],
  ['```never closed\n> quote', '```never closed<quote quote>'],
  [
    '\x02bold\x02 \x1di\x1d \x1fu\x1f \x1es\x1e \x11m\x11 \x16r',
    '<bold bold> <italic i> <underline u> <strike s> <mono m> <reverse r>',
  ],
  ['\x034,2red\x03 plain \x0399,1x\x0f.', '<#ff0000/#00007f red> plain <-/#000000 x>.'],
  ['\x04FF00aahex\x04 no', '<#ff00aa/- hex> no'],
  ['\x02a\nb', '<bold a\n>b'],
  ['\x02a **b**\x0f c', '<bold a ><bold b> c'],
];

for (const [input, output] of EXAMPLES) {
  test(`formats ${JSON.stringify(input)}`, () => assert.equal(short(formatText(input)), output));
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        '*',
        '**',
        '_',
        '__',
        '~~',
        '||',
        '`',
        '``',
        '```',
        '\n',
        '> ',
        ' ',
        'a',
        '1',
        'https://',
        'mailto:',
        '@',
        ')',
        '\x02',
        '\x03',
        '\x04',
        '\x0f',
        '4,',
        'ff0000',
        '👍',
        'é',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
);

test('no input throws, and what is visible is the input without marks', () => {
  fc.assert(
    fc.property(anyText, (input) => {
      const visible = visibleText(formatText(input));
      // A walk through the input that meets every visible character in order: nothing is invented or moved.
      let at = 0;
      for (const char of visible) {
        at = input.indexOf(char, at);
        assert.notEqual(at, -1, `${JSON.stringify(visible)} is not within ${JSON.stringify(input)}`);
        at += char.length;
      }
    }),
    { numRuns: 1000 },
  );
});

test('text without marks and codes is one node with the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (any) => {
      const input = any.replace(/[*_~|`>:\n\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f]/g, '');
      assert.deepEqual(formatText(input), input === '' ? [] : [{ kind: 'text', text: input, style: {} }]);
    }),
  );
});

test('links lead only to pages, letters and chats', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom('javascript:', 'data:', 'file://', 'https://', 'irc://'), (text, scheme) => {
      const walk = (nodes: readonly FormatNode[]): void => {
        for (const node of nodes) {
          if (node.kind === 'link') {
            assert.match(node.href, /^(https?:\/\/|ircs?:\/\/|mailto:)[^\s<>"]+$/i);
            assert.equal(node.href, node.text);
          }
          if ('children' in node) walk(node.children);
        }
      };
      walk(formatText(`${text} ${scheme}${text}`));
    }),
  );
});

test('time grows with length, not with its square', () => {
  const pieces = [
    '*',
    '**a',
    '_a ',
    '`',
    '``',
    '```',
    '||',
    '\n> ',
    'mailto:',
    'https://',
    'https://a(',
    ')',
    '\x03',
    '*a_b~~',
    '```\n',
  ];
  for (const piece of pieces) {
    const long = piece.repeat(Math.ceil(200_000 / piece.length));
    const start = performance.now();
    formatText(long);
    // A quadratic reading of 200,000 characters takes tens of seconds.
    assert.ok(performance.now() - start < 3_000, `${JSON.stringify(piece)} took ${performance.now() - start} ms`);
  }
});
