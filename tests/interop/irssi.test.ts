import { Irssi, IRSSI_MISSING } from '../e2e/kit/irssi.ts';
import { everyday } from './everyday.ts';

everyday('irssi', (t, at, nick, room) => new Irssi(t, at, nick, room), IRSSI_MISSING);
