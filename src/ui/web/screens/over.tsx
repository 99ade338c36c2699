/** What lies over the page, apart from the drawers. */
import type { ClientView, RoomView } from '../../../core/client/view.ts';
import type { Overlay } from '../navigation.ts';
import { Help } from './help.tsx';
import { Join } from './join.tsx';
import { Palette } from './palette.tsx';
import { React } from './react.tsx';
import { RoomInfo } from './room-info.tsx';
import { Settings } from './settings.tsx';

export type Screen = Exclude<Overlay, 'rooms' | 'members'>;

export function OverScreen({ screen, room, view }: { screen: Screen; room: RoomView; view: ClientView }) {
  switch (screen) {
    case 'room':
      return <RoomInfo room={room} />;
    case 'join':
      return <Join />;
    case 'settings':
      return <Settings current={view.nick} />;
    case 'help':
      return <Help />;
    case 'palette':
      return <Palette view={view} />;
    case 'react':
      return <React />;
  }
}
