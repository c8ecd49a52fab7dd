import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { COLUMNS, csvRow, shipment } from '../demo/shipments.ts';

/** What the file calls some of the columns. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  External_Id__c: 'Ref',
  Status__c: 'State',
  Notes__c: 'Remarks'
};
const TWICE = 50;
const PIECE_ROWS = 2000;

/** The flags with which a messy file is loaded. */
export const MESSY_FLAGS = [
  ...Object.entries(OTHER_NAMES).flatMap(([field, name]) => ['--map', `${name}=${field}`]),
  ...['--skip-column', 'Extra', '--on-duplicate', 'first']
];

/** Writes so many shipments as another system would: with columns of other names and one that is no field, and every fiftieth row twice. */
export async function writeMessyShipments(path: string, rows: number): Promise<void> {
  await pipeline(Readable.from(pieces(rows)), createWriteStream(path));
}

function* pieces(rows: number): Generator<string> {
  let piece = `${COLUMNS.map((name) => OTHER_NAMES[name] ?? name).join(',')},Extra\n`;
  for (let number = 1; number <= rows; number += 1) {
    const line = `${csvRow([...shipment(number), 'not sent'])}\n`;
    piece += number % TWICE === 0 ? line + line : line;
    if (number % PIECE_ROWS > 0) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
