/** What SQLite's errors mean to people. The numbers are of https://sqlite.org/rescode.html. */
import { ParleyError } from '../../core/base/errors.ts';
import { reason } from './reason.ts';

const BUSY = 5;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

interface SqliteError extends Error {
  readonly errcode: number;
  readonly errstr: string;
}

/** True for what the world did to us; anything else thrown by the storage is a fault of ours. */
export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

/** A sentence for people: why the file cannot be used at the moment, and what ends it. */
export function describeTrouble(error: SqliteError, file: string): string {
  switch (primary(error)) {
    case FULL:
      return `The disk is full: free some space for ${file}.`;
    case READONLY:
    case CANTOPEN:
      return `${file} cannot be written: make it writable again.`;
    case BUSY:
      return `Another program has locked ${file}: close it.`;
    case CORRUPT:
    case NOTADB:
      return `${file} is damaged (${error.errstr}): stop Parley and put a backup in its place.`;
    default:
      return `The disk refuses ${file} (${error.errstr}): check the disk.`;
  }
}

/** Why a file could not be opened, as the error that the shell shows. */
export function refusal(error: unknown, file: string): unknown {
  if (isSystemError(error)) return cannotWrite(file, error);
  if (!isSqliteError(error)) return error;
  switch (primary(error)) {
    case FULL:
      return new ParleyError('records/full', describeTrouble(error, file), { cause: error });
    case BUSY:
      return new ParleyError('records/locked', describeTrouble(error, file), { cause: error });
    case READONLY:
    case CANTOPEN:
      return cannotWrite(file, error);
    default:
      return damaged(file, error.errstr, error);
  }
}

export function damaged(file: string, what: string, cause?: unknown): ParleyError {
  const text = `${file} is damaged (${what}): put a backup in its place, or move it away to begin an empty history.`;
  return new ParleyError('records/damaged', text, { cause });
}

function cannotWrite(file: string, cause: unknown): ParleyError {
  const text = `${file} cannot be written (${reason(cause)}): check its owner, its permissions and the disk.`;
  return new ParleyError('records/unwritable', text, { cause });
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

function primary(error: SqliteError): number {
  return error.errcode & 0xff;
}
