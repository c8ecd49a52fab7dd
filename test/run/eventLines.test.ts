import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { EventLines } from '../../src/run/eventLines.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

describe('run/eventLines', () => {
  const dir = tempDir();
  const at = '2026-03-01T21:00:00.000Z';

  it('writes each event at once, leaves out the live ones, and adds to what is there', async () => {
    const path = join(dir.path, 'events.ndjson');
    const lines = EventLines.open(path);
    lines.add({ runId: 'r', at, event: { type: 'part-cut' } });
    lines.add({ runId: 'r', at, event: { type: 'scanning' } });
    expect(await readFile(path, 'utf8')).to.equal(`{"runId":"r","at":"${at}","event":{"type":"part-cut"}}\n`);
    lines.close();
    const again = EventLines.open(path);
    again.add({ runId: 'r', at, step: 'update', event: { type: 'load-resumed' } });
    again.close();
    const written = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(written).to.deep.equal([
      { runId: 'r', at, event: { type: 'part-cut' } },
      { runId: 'r', at, step: 'update', event: { type: 'load-resumed' } }
    ]);
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it('says when a file can not be written', async () => {
    const error = await rejection(Promise.resolve().then(() => EventLines.open(join(dir.path, 'none', 'x'))));
    expect(error.name).to.equal('EventsUnwritableError');
    expect(error.message).to.contain(join('none', 'x'));
  });

  it('keeps what goes wrong later for the end', () => {
    const lines = EventLines.open(join(dir.path, 'x'));
    lines.close();
    lines.add({ at, event: { type: 'part-cut' } });
    expect(lines.failure?.message).to.contain('EBADF');
  });
});
