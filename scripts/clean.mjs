import { rm } from 'node:fs/promises';

await Promise.all(
  ['lib', 'tmp/lib.tsbuildinfo', 'oclif.manifest.json'].map((path) => rm(path, { recursive: true, force: true }))
);
