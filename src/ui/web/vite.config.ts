/**
 * Builds the web client: one page, one script, one style sheet (names carry a hash of their content), and the service
 * worker, which is handed the list of everything else.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const publicDir = fileURLToPath(new URL('public', import.meta.url));

/**
 * Writes the list of the shell's files, and a version that changes when any of them does, into `sw.js`. A browser
 * takes a service worker for a new one when a byte of it differs, so the version is what starts an update.
 */
function precacheList(): Plugin {
  return {
    name: 'parley-precache-list',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const hash = createHash('sha256');
      const files: string[] = [];
      for (const [name, file] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (name === 'sw.js') continue;
        files.push(name === 'index.html' ? '/' : `/${name}`);
        hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
      }
      for (const name of readdirSync(publicDir).sort()) {
        files.push(`/${name}`);
        hash.update(name).update(readFileSync(`${publicDir}/${name}`));
      }
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') throw new Error('The service worker is missing from the build.');
      worker.code = worker.code
        .replace('__SHELL_FILES__', () => JSON.stringify(files))
        .replace('__SHELL_VERSION__', () => JSON.stringify(hash.digest('hex').slice(0, 12)));
    },
  };
}

/**
 * Vite wraps each `import()` in a helper that loads the style sheets and modules it depends on beforehand. Our one
 * part that is loaded on demand has neither, so the helper would be a kilobyte that does nothing.
 */
function plainImport(): Plugin {
  return {
    name: 'parley-plain-import',
    apply: 'build',
    enforce: 'pre',
    load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null),
  };
}

export default defineConfig({
  root,
  publicDir,
  base: '/',
  plugins: [plainImport(), precacheList()],
  build: {
    outDir: fileURLToPath(new URL('../../../dist/web', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // a data: URL would need a hole in the content security policy
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: `${root}index.html`, sw: `${root}worker/service-worker.ts` },
      // The core's modules only define things: one of which nothing is used need not be there.
      treeshake: { moduleSideEffects: (id) => !id.includes('/src/core/') },
      optimization: { inlineConst: { mode: 'all', pass: 3 } },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
