/**
 * Where the client engine keeps the outbox and what else must survive a reload: IndexedDB, values by key in one object
 * store. A write is done when its transaction is, which is when the engine may send the message it belongs to.
 */
import type { ClientStore } from '../shared/shell.ts';

const STORE = 'kept';

export interface BrowserStore extends ClientStore {
  /** Nothing was kept here before. */
  readonly isNew: boolean;
}

/**
 * Opens the store of this browser. Where IndexedDB is absent, refused (private windows) or broken, the store rejects
 * whatever is asked of it; the engine tells the person, and goes on.
 */
export async function openStore(name: string): Promise<BrowserStore> {
  try {
    const database = await open(name);
    const kept = await load(database);
    return { isNew: kept.size === 0, load: () => Promise.resolve(kept), put: (values) => put(database, values) };
  } catch (error) {
    const why = new Error(
      `this browser does not let the page store anything${error instanceof Error ? `: ${error.message}` : ''}`,
    );
    return { isNew: true, load: () => Promise.reject(why), put: () => Promise.reject(why) };
  }
}

async function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  const database = await answer(request);
  // A later version of this page asks us to let go.
  database.addEventListener('versionchange', () => database.close());
  return database;
}

async function load(database: IDBDatabase): Promise<Map<string, string>> {
  const store = database.transaction(STORE, 'readonly').objectStore(STORE);
  const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
  const kept = new Map<string, string>();
  keys.forEach((key, i) => {
    const value: unknown = values[i];
    if (typeof key === 'string' && typeof value === 'string') kept.set(key, value);
  });
  return kept;
}

function put(database: IDBDatabase, values: ReadonlyMap<string, string | null>): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, 'readwrite');
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('it was refused')));
    const store = transaction.objectStore(STORE);
    for (const [key, value] of values) {
      if (value === null) store.delete(key);
      else store.put(value, key);
    }
  });
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('it was refused')));
  });
}
