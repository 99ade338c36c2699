/**
 * What a row says, packed: the part of it that is the same in a frame and in a block, so that merging copies it as
 * it is. `said = kind SP body SP tags SP sendId SP by LF  the strings`, counted as in frame.ts; kind 0 is a message.
 */
import type { Row } from '../../core/ports.ts';
import { optionLength, PackedReader } from './packed-reader.ts';

export interface Said {
  readonly kind: Row['kind'];
  readonly sendId: string | undefined;
  readonly said: string;
}

export function packSaid({ kind, body, tags, sendId, by }: Omit<Row, 'timeline' | 'at' | 'pos'>): string {
  const number = kind === 'message' ? 0 : 1;
  const lengths = `${number} ${body.length} ${tags.length} ${optionLength(sendId)} ${optionLength(by)}`;
  return `${lengths}\n${body}${tags}${sendId ?? ''}${by ?? ''}`;
}

/** Reads over it, and gives what must be known without unpacking. */
export function readSaid(reader: PackedReader): Said {
  const start = reader.index;
  const kind = reader.number() === 0 ? 'message' : 'event';
  const bodyLength = reader.number();
  const tagsLength = reader.number();
  const sendIdLength = reader.number();
  const byLength = reader.number();
  reader.skip(bodyLength + tagsLength);
  const sendId = reader.option(sendIdLength);
  reader.skip(Math.max(0, byLength - 1));
  return { kind, sendId, said: reader.since(start) };
}

export function unpackSaid(said: string): Pick<Row, 'kind' | 'body' | 'tags' | 'sendId' | 'by'> {
  const reader = new PackedReader(said);
  const kind = reader.number() === 0 ? 'message' : 'event';
  const bodyLength = reader.number();
  const tagsLength = reader.number();
  const sendIdLength = reader.number();
  const byLength = reader.number();
  const body = reader.text(bodyLength);
  const tags = reader.text(tagsLength);
  const sendId = reader.option(sendIdLength);
  const by = reader.option(byLength);
  return {
    kind,
    body,
    tags,
    ...(sendId === undefined ? {} : { sendId }),
    ...(by === undefined ? {} : { by }),
  };
}
