/** Base64 of text (RFC 4648 §4), for the messages of SASL. The core has neither the browser's functions nor Node's. */

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The UTF-8 text whose base64 this is; undefined when it is not base64 with its padding, or not of UTF-8. */
export function textOfBase64(base64: string): string | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  let percent = '';
  let bits = 0;
  let value = 0;
  for (const letter of base64) {
    if (letter === '=') break;
    value = ((value << 6) | LETTERS.indexOf(letter)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    percent += `%${((value >> bits) & 0xff).toString(16).padStart(2, '0')}`;
  }
  try {
    return decodeURIComponent(percent); // refuses what is not UTF-8
  } catch {
    return undefined;
  }
}

/** A lone surrogate, which UTF-8 cannot say, becomes U+FFFD. */
export function base64OfText(text: string): string {
  const bytes = utf8Bytes(text);
  let base64 = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(i, i + 3);
    const value = (a << 16) | (b << 8) | c;
    for (const shift of [18, 12, 6, 0]) base64 += LETTERS[(value >> shift) & 63];
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return base64.slice(0, base64.length - missing) + '='.repeat(missing);
}

function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  const percent = encodeURIComponent(text.toWellFormed());
  for (let i = 0; i < percent.length; i++) {
    if (percent[i] === '%') {
      bytes.push(Number.parseInt(percent.slice(i + 1, i + 3), 16));
      i += 2;
    } else {
      bytes.push(percent.charCodeAt(i));
    }
  }
  return bytes;
}
