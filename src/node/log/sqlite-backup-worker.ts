/** A thread that copies one history file with SQLite's `VACUUM INTO`, which reads one moment of it and packs it. */
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';

const { file, to } = workerData as { readonly file: string; readonly to: string };
const db = new DatabaseSync(file);
db.prepare('VACUUM INTO ?').run(to);
db.close();
