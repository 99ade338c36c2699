/**
 * One page of this browser holds the session; the others show that it is elsewhere. Two at once would be two people of
 * the same name, and would send one outbox twice. The page that was opened last takes over.
 */
const NAME = 'parley';
/** A page that is frozen in the background does not answer; then it is taken from it. */
const FROZEN_MS = 2_000;

let release: (() => void) | undefined;
const channel = new BroadcastChannel(NAME);

/** Resolves when this page holds the session. `onTaken` is called when another page asks for it. */
export async function holdPage(onTaken: () => Promise<void>): Promise<void> {
  channel.onmessage = () => {
    const letGo = release;
    release = undefined;
    if (letGo !== undefined) void onTaken().then(letGo);
  };
  channel.postMessage('mine');
  // Web Locks exist only with https. Elsewhere the other page is asked all the same, but not waited for.
  if (!('locks' in navigator)) {
    release = () => undefined;
    return;
  }
  const patience = new AbortController();
  const frozen = setTimeout(() => patience.abort(), FROZEN_MS);
  const held = await hold({ signal: patience.signal }, onTaken);
  clearTimeout(frozen);
  if (!held) await hold({ steal: true }, onTaken);
}

/** True once the lock is ours; it is until `release` is called or another page steals it. False when given up. */
function hold(options: LockOptions, onTaken: () => Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const lock = (): Promise<void> => {
      resolve(true);
      return new Promise((letGo) => {
        release = letGo;
      });
    };
    navigator.locks.request(NAME, options, lock).catch(() => {
      resolve(false); // has no effect when it was ours: then it was stolen from us
      if (release === undefined) return;
      release = undefined;
      void onTaken();
    });
  });
}
