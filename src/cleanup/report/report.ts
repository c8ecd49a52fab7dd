import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { PRIVATE_FILE } from '../../run/durably.js';
import { GIVEN_NAME } from '../plan/given.js';
import { PLAN_FILES, type PlanRecord } from '../plan/planFiles.js';
import { clusterLines, type Distribution, reportFields } from './clusterLines.js';
import { pageAround } from './page.js';

/**
 * Writes report.html of a plan from its files: one page that needs nothing else. The clusters lie in it packed, and the browser unpacks them; so
 * it takes 100,000 of them, and nothing that stands in a record can become part of the page. The same plan gives the same bytes.
 */
export async function writePlanReport(planDir: string, plan: PlanRecord): Promise<void> {
  const path = join(planDir, PLAN_FILES.report);
  const packed = `${path}.packed`;
  const distribution = await packClusters(packed, planDir, plan);
  const [start, end] = await pageAround(plan, distribution);
  const file = createWriteStream(`${path}.writing`, { mode: PRIVATE_FILE });
  try {
    await write(file, start);
    for await (const piece of base64(createReadStream(packed))) await write(file, piece);
    await write(file, end);
  } finally {
    file.end();
    await finished(file);
  }
  await rename(`${path}.writing`, path);
  await rm(packed);
}

/** Scores from 0 to 1 in so many bars. */
const BARS = 50;

async function packClusters(path: string, planDir: string, plan: PlanRecord): Promise<Distribution> {
  const distribution: Distribution = {
    merge: new Array<number>(BARS).fill(0),
    review: new Array<number>(BARS).fill(0)
  };
  const scoreNames = plan.rules.length > 0 ? plan.rules.map(({ rule }) => rule) : [GIVEN_NAME];
  const lines = async function* (): AsyncGenerator<string> {
    yield `${JSON.stringify({ fields: await reportFields(planDir), scoreNames })}\n`;
    for await (const { kind, score, line } of clusterLines(planDir)) {
      const bar = Math.min(BARS - 1, Math.max(0, Math.floor(score * BARS)));
      distribution[kind][bar] = (distribution[kind][bar] ?? 0) + 1;
      yield `${line}\n`;
    }
  };
  await pipeline(pieces(lines()), createGzip(), createWriteStream(path, { mode: PRIVATE_FILE }));
  return distribution;
}

const PIECE_CHARACTERS = 64 * 1024;

/** Larger texts: a stream takes its time for each. */
async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

async function write(file: WriteStream, text: string): Promise<void> {
  if (file.errored) throw file.errored;
  if (!file.write(text)) await once(file, 'drain');
}

/** Three bytes are four letters, so that what is left of a piece waits for the next one. */
async function* base64(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const all = Buffer.concat([rest, chunk]);
    const whole = all.length - (all.length % 3);
    rest = all.subarray(whole);
    yield all.toString('base64', 0, whole);
  }
  yield rest.toString('base64');
}
