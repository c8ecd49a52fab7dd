import { rm } from 'node:fs/promises';

await Promise.all(['lib', 'oclif.manifest.json'].map((path) => rm(path, { recursive: true, force: true })));
