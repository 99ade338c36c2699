import { WeeChat, WEECHAT_MISSING } from '../e2e/kit/weechat.ts';
import { everyday } from './everyday.ts';

everyday('weechat', (t, at, nick, room) => new WeeChat(t, at, nick, room), WEECHAT_MISSING);
