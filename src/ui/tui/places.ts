/** Where a person's chat settings and state lie, by what each system has for this. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Places {
  /** What the person chose: the nick, known servers. */
  readonly config: string;
  /** What the program remembers: outbox, rooms, reading positions. */
  readonly state: string;
}

/** https://specifications.freedesktop.org/basedir-spec/latest/: unset or empty means the default. */
export function placesOf(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): Places {
  if (platform === 'darwin') {
    const base = join(home, 'Library', 'Application Support', 'Parley');
    return { config: base, state: join(base, 'state') };
  }
  if (platform === 'win32') {
    return {
      config: join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Parley'),
      state: join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Parley', 'state'),
    };
  }
  return {
    config: join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'parley'),
    state: join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'parley'),
  };
}
