import { getSystemErrorMessage } from 'node:util';

/** What an error says, in words for people: `permission denied`, `disk I/O error`. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('errstr' in error && typeof error.errstr === 'string') return error.errstr; // of SQLite
  if ('errno' in error && typeof error.errno === 'number') return getSystemErrorMessage(error.errno);
  return error.message;
}
