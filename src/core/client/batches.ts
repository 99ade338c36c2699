import type { Message } from '../wire/message.ts';
import type { Engine } from './engine.ts';
import { netsplit } from './people.ts';

/** Open at once. Each conversation has one history batch open, a few are nested; more is an attempt to fill us. */
const BATCHES_MAX = 32;
/** Lines of one batch that are held until it ends. We never ask for more than a hundred. */
const LINES_MAX = 5_000;

interface Batch {
  readonly type: string;
  readonly params: readonly string[];
  /** The label of the command it answers, its own or that of the batch around it. */
  readonly label: string | undefined;
  readonly lines: Message[];
}

/** Lines that belong together (https://ircv3.net/specs/extensions/batch). Those of unknown kinds pass as they come. */
export class Batches {
  private readonly engine: Engine;
  private readonly open = new Map<string, Batch>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  clear(): void {
    this.open.clear();
  }

  /** True when the line is held for the end of its batch. */
  holds(message: Message): boolean {
    const batch = this.batchOf(message);
    if (batch === undefined || !isHeld(batch.type)) return false;
    if (batch.lines.length < LINES_MAX) batch.lines.push(message);
    return true;
  }

  labelOf(message: Message): string | undefined {
    return message.tags.get('label') ?? this.batchOf(message)?.label;
  }

  /** `BATCH +ref type params` or `BATCH -ref`. */
  handle(message: Message): void {
    const [reference = '', type = '', ...params] = message.params;
    const name = reference.slice(1);
    if (reference.startsWith('+')) {
      if (this.open.size >= BATCHES_MAX) return;
      this.open.set(name, { type, params, label: this.labelOf(message), lines: [] });
      return;
    }
    const batch = this.open.get(name);
    if (batch === undefined) return;
    this.open.delete(name);
    this.ended(batch);
  }

  private batchOf(message: Message): Batch | undefined {
    const reference = message.tags.get('batch');
    return reference === undefined ? undefined : this.open.get(reference);
  }

  private ended(batch: Batch): void {
    switch (batch.type) {
      case 'chathistory':
        this.engine.sync.page(batch.params[0] ?? '', batch.lines);
        break;
      case 'draft/chathistory-targets':
        this.engine.sync.targets(batch.lines);
        break;
      case 'netsplit':
      case 'netjoin':
        netsplit(this.engine, batch.type, batch.params, batch.lines);
        break;
    }
  }
}

function isHeld(type: string): boolean {
  return type === 'chathistory' || type === 'draft/chathistory-targets' || type === 'netsplit' || type === 'netjoin';
}
