import type { Socket } from 'node:net';
import { ParleyError } from '../../core/base/errors.ts';
import { formatAddress, type Address } from '../address.ts';
import { DIAL_MS_MAX } from './limits.ts';
import { reasonOf } from './reasons.ts';

export type DialFault = 'dial/failed' | 'dial/timed-out' | 'dial/not-trusted' | 'dial/aborted';

/** Waits until a dialled socket is open, and destroys it when it does not open in time. */
export function dialled(socket: Socket, opened: string, to: Address, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: ParleyError<DialFault>) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.off('error', fail);
      socket.off(opened, succeed);
      if (error === undefined) return resolve();
      socket.on('error', () => {}); // told once
      socket.destroy();
      reject(error);
    };
    const succeed = () => settle();
    const fail = (cause: Error) =>
      settle(new ParleyError('dial/failed', `${formatAddress(to)}: ${reasonOf(cause)}.`, { cause }));
    const abort = () => settle(new ParleyError('dial/aborted', 'The connection attempt was stopped.'));
    const timer = setTimeout(
      () =>
        settle(new ParleyError('dial/timed-out', `${formatAddress(to)}: no answer within ${DIAL_MS_MAX / 1000} s.`)),
      DIAL_MS_MAX,
    );
    socket.once('error', fail);
    socket.once(opened, succeed);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
  });
}
