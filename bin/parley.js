#!/usr/bin/env node
// The launcher, in syntax that any Node reads, so that an old one gets a sentence and not a syntax error.
// It runs the sources (in the repository) or the build (in the published package). On an old Node it starts
// itself again with the runtime that the repository brings along, if that is installed.
import * as fs from 'fs';
import * as child from 'child_process';
import * as modules from 'module';
import { fileURLToPath } from 'url';

const NEEDED = [24, 15];
const here = function (path) {
  return fileURLToPath(new URL(path, import.meta.url));
};
const version = process.versions.node.split('.').map(Number);
const enough = version[0] > NEEDED[0] || (version[0] === NEEDED[0] && version[1] >= NEEDED[1]);

if (enough) {
  if (modules.enableCompileCache) modules.enableCompileCache();
  const source = here('../src/cli/main.ts');
  void import(
    fs.existsSync(source)
      ? new URL('../src/cli/main.ts', import.meta.url)
      : new URL('../dist/cli/main.js', import.meta.url)
  );
} else {
  const own = here(process.platform === 'win32' ? '../node_modules/.bin/node.cmd' : '../node_modules/.bin/node');
  if (process.env.PARLEY_LAUNCHED || !fs.existsSync(own)) {
    console.error(
      'Parley needs Node ' +
        NEEDED.join('.') +
        ' or newer (this is ' +
        process.versions.node +
        '). ' +
        'In a clone of the repository, `npm ci` installs it; elsewhere, see https://nodejs.org.',
    );
    process.exit(1);
  }
  const run = child.spawn(own, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), {
    stdio: 'inherit',
    env: Object.assign({}, process.env, { PARLEY_LAUNCHED: '1' }),
    shell: process.platform === 'win32',
  });
  // The child decides how to end: signals that reach the terminal's group reach it as well.
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      if (signal !== 'SIGINT') run.kill(signal);
    });
  });
  run.on('exit', function (code, signal) {
    if (signal) process.kill(process.pid, signal);
    else process.exit(code === null ? 1 : code);
  });
}
