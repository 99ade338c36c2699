/** A program with a screen, in a pane of tmux. */
import type { TestContext } from 'node:test';
import { Pane } from '../tui-pane.ts';
import { homeOf } from './chat.ts';
import { cleanup } from './cleanup.ts';
import { until } from './wait.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Starts it by typing the command. After the test the pane is closed; a program that still writes when its terminal is
 * gone has ended before the folders of the test are removed.
 */
export function startProgram(t: TestContext, home: string, { columns, rows }: Size, command: string): Pane {
  const pane = new Pane(home, columns, rows, homeOf(home));
  cleanup(t, async () => {
    const pid = pidOf(pane, command);
    pane.close();
    if (pid !== undefined) await until('the program ends with its terminal', () => !isAlive(pid));
  });
  pane.enter(command);
  return pane;
}

function pidOf(pane: Pane, command: string): number | undefined {
  try {
    return pane.program(command.replaceAll("'", ''));
  } catch {
    return undefined; // it has ended, or never began
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
