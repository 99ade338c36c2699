/**
 * The outbox and what else the client engine keeps, in IndexedDB: values by key in one object store. A write is done
 * when its transaction is, which is when the engine may send the message it belongs to.
 */

/** What the shell asks of a store. */
export interface KeyStore {
  load(): Promise<Map<string, string>>;
  keep(key: string, value: string | null): Promise<void>;
}

const STORE = 'kept';

/** Opens the store of this browser; rejects where IndexedDB is absent, refused (private windows) or broken. */
export async function openDatabase(name: string): Promise<KeyStore> {
  const request = indexedDB.open(name, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  const database = await answer(request);
  // Another tab with a later version asks us to let go; a page that is reloaded later finds the database again.
  database.addEventListener('versionchange', () => database.close());
  return {
    load: () => load(database),
    keep: (key, value) => keep(database, key, value),
  };
}

/** Lasts as long as the page; used when the browser has nothing better, and said so to the person. */
export function memoryStore(): KeyStore {
  return { load: () => Promise.resolve(new Map()), keep: () => Promise.resolve() };
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

function keep(database: IDBDatabase, key: string, value: string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, 'readwrite');
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? new Error('The browser refused to store.')),
    );
    if (value === null) transaction.objectStore(STORE).delete(key);
    else transaction.objectStore(STORE).put(value, key);
  });
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('The browser refused to store.')));
    request.addEventListener('blocked', () => reject(new Error('Another tab holds the store.')));
  });
}
