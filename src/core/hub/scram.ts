/** Reads what a client says in SCRAM (RFC 5802 §7), as far as it needs no secret. The rest is the vault's. */

export interface ClientFirst {
  /** `n,,` or `y,,` and so on: repeated, in base64, in the client's final message. */
  readonly gs2Header: string;
  /** Whom the client wants to act as; empty for the user itself. */
  readonly authzid: string;
  readonly user: string;
  readonly nonce: string;
  /** The message without its GS2 header, which is signed. */
  readonly bare: string;
}

export interface ClientFinal {
  /** base64 of the GS2 header. */
  readonly channelBinding: string;
  readonly nonce: string;
  /** base64 */
  readonly proof: string;
  /** The message without the proof, which is signed. */
  readonly withoutProof: string;
}

/** Longer ones come from nobody honest, and would have to be sent back. */
const NONCE_LENGTH_MAX = 128;

/** Undefined for what is malformed, asks for channel binding (`p=`) or needs an extension (`m=`). */
export function readClientFirst(text: string): ClientFirst | undefined {
  const parts = /^([ny],(?:a=([^,]*))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/s.exec(text);
  if (parts === null) return undefined;
  const [, gs2Header = '', authzid = '', bare = '', user = '', nonce = ''] = parts;
  if (nonce.length > NONCE_LENGTH_MAX) return undefined;
  return { gs2Header, authzid: unescaped(authzid), user: unescaped(user), nonce, bare };
}

export function readClientFinal(text: string): ClientFinal | undefined {
  const parts = /^(c=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/s.exec(text);
  if (parts === null) return undefined;
  const [, withoutProof = '', channelBinding = '', nonce = '', proof = ''] = parts;
  return { channelBinding, nonce, proof, withoutProof };
}

/** RFC 5802 §5.1: `,` and `=` in names. */
function unescaped(name: string): string {
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
