import { type VerifyResult } from '../export/verify/verify.js';
import { count, counted, size } from './format.js';
import { plainText } from './table.js';

/** What a person reads of a verification. */
export function verifyText({ status, manifest, rows, files, problems, ranges = [] }: VerifyResult): string {
  const lines = [
    status === 'Failed' ? `The files do not fit the manifest ${manifest}.` : fitting(manifest, rows, files.length)
  ];
  for (const problem of problems) lines.push(`  ✗ ${plainText(problem)}`);
  for (const file of files) {
    if (file.problems.length === 0) lines.push(`  ✓ ${file.path}: ${counted(file.rows, 'row')}, ${size(file.bytes)}`);
    for (const problem of file.problems) lines.push(`  ✗ ${file.path}: ${plainText(problem)}`);
  }
  for (const range of ranges) lines.push(rangeLine(range));
  return lines.join('\n');
}

function fitting(manifest: string, rows: number, files: number): string {
  return files === 0
    ? `The manifest ${manifest} adds up. Its ${counted(rows, 'row')} went to standard output, so there is no file to check.`
    : `The files fit the manifest ${manifest}: ${counted(rows, 'row')} in ${counted(files, 'file')}.`;
}

function rangeLine({ covers, rows, orgRows, refusal }: NonNullable<VerifyResult['ranges']>[number]): string {
  const what = plainText(covers);
  if (refusal !== undefined) return `  – ${what}: not counted. ${plainText(refusal)}`;
  if (orgRows === undefined) return `  – ${what}: the org can't count it, since the query has a LIMIT`;
  if (orgRows === rows) return `  ✓ ${what}: the org has ${counted(rows, 'row')}, too`;
  return `  ≠ ${what}: ${counted(rows, 'row')} were exported, and the org has ${count(orgRows)} now`;
}
