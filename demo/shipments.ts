import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** The columns of a shipments file, in order. */
export const COLUMNS = [
  'External_Id__c',
  'Name',
  'Status__c',
  'Carrier__c',
  'Tracking_Number__c',
  'Origin__c',
  'Destination__c',
  'Weight_Kg__c',
  'Value__c',
  'Pieces__c',
  'Shipped_On__c',
  'Notes__c'
];

const STATUSES = ['Created', 'In Transit', 'Delivered', 'Returned'];
const CITIES = ['Rotterdam', 'Göteborg', 'Αθήνα', '東京', 'São Paulo', "Coeur d'Alene", 'Kraków', 'Hà Nội'];
const NOTES = [
  '',
  'plain note',
  'said "fragile", twice',
  'first line\nsecond line',
  'one, two; three',
  'ends with a backslash \\',
  'emoji 📦🚚',
  'tab\there'
];

/** Rows of a file that no org should take, by their numbers: what is wrong with them shows in failed.csv. */
const BROKEN = new Map<number, (row: readonly string[]) => string>([
  [17, (row) => row.slice(0, 5).join(',')],
  [4242, (row) => [...row, 'one', 'too many'].join(',')],
  [31_337, (row) => [row[0], 'a "stray" quote', ...row.slice(2)].join(',')],
  [77_777, (row) => csvRow([...row.slice(0, 7), 'heavy', ...row.slice(8)])],
  [123_456, (row) => csvRow([...row.slice(0, 10), '2026-02-30', row[11]])],
  [150_000, (row) => csvRow([key(149_998), ...row.slice(1)])]
]);

/** How many of the rows above are in a file of so many rows; the duplicate key takes its first owner with it. */
export function brokenRows(rows: number): number {
  const broken = [...BROKEN.keys()].filter((number) => number <= rows).length;
  return rows >= 150_000 ? broken + 1 : broken;
}

/** The values of a row; number counts from 1. The same on every machine. */
export function shipment(number: number): string[] {
  const mixed = Math.imul(number, 2_654_435_761) >>> 0;
  return [
    key(number),
    `Shipment ${number}`,
    pick(STATUSES, mixed),
    `Carrier ${mixed % 23}`,
    `1Z${String(mixed).padStart(12, '0')}`,
    pick(CITIES, mixed),
    pick(CITIES, mixed >>> 8),
    String((mixed % 100_000) / 1000),
    String(900_000_000 + (mixed % 100_000_000)),
    String(1 + (mixed % 40)),
    `2026-${String(1 + (mixed % 12)).padStart(2, '0')}-${String(1 + (mixed % 28)).padStart(2, '0')}`,
    pick(NOTES, mixed >>> 4)
  ];
}

/** Writes a file of so many shipments, with a BOM and broken rows, or clean: without either. */
export async function writeShipments(path: string, rows: number, { isClean = false } = {}): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${isClean ? '' : '\uFEFF'}${COLUMNS.join(',')}\n`);
  let piece = '';
  for (let number = 1; number <= rows; number += 1) {
    const row = shipment(number);
    const broken = isClean ? undefined : BROKEN.get(number);
    piece += `${broken ? broken(row) : csvRow(row)}\n`;
    if (piece.length > 1 << 18) {
      if (!file.write(piece)) await once(file, 'drain');
      piece = '';
    }
  }
  file.end(piece);
  await once(file, 'close');
}

function pick(from: readonly string[], at: number): string {
  return from[at % from.length] ?? '';
}

function key(number: number): string {
  return `SHP-${String(number).padStart(9, '0')}`;
}

export function csvRow(values: ReadonlyArray<string | undefined>): string {
  return values.map((value = '') => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',');
}
