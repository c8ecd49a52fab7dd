import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Messages, type SfError } from '@salesforce/core';
import { columnKey } from '../input/columnName.js';
import { type ColumnMapping, type ConstantMapping, MappingProblem, type Mappings } from './columnMapping.js';
import { parseMappingYaml } from './mappingYaml.js';
import { parseSdl } from './sdl.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'schema');

export type MappingFile = Mappings & {
  /** Name of the file, for messages. */
  readonly name: string;
  /** Whether columns that it does not name are left out, as Data Loader does. */
  readonly isWhole: boolean;
};

/**
 * Reads a mapping file: Data Loader's where its name ends in .sdl, else YAML.
 * @throws SfError `MappingUnreadableError`, `MappingBrokenError` with the line
 */
export async function readMappingFile(path: string): Promise<MappingFile> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw messages.createError('mappingUnreadable', [path, error.message]);
  });
  const text = textOf(bytes, path).replace(/^\uFEFF/, '');
  try {
    const mappings = isSdl(path) ? parseSdl(text) : parseMappingYaml(text);
    checkColumnsOnce(mappings.columns);
    checkConstantsOnce(mappings.constants);
    return { name: basename(path), isWhole: isSdl(path), ...mappings };
  } catch (error) {
    throw error instanceof MappingProblem ? broken(path, error) : error;
  }
}

function isSdl(path: string): boolean {
  return path.toLowerCase().endsWith('.sdl');
}

/** Properties of Java are Latin-1 where they are no UTF-8. */
function textOf(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    if (isSdl(path)) return bytes.toString('latin1');
    throw messages.createError('mappingUnreadable', [path, 'it is not UTF-8']);
  }
}

function checkColumnsOnce(columns: readonly ColumnMapping[]): void {
  const lineOf = new Map<string, number>();
  for (const { column, line } of columns) {
    const name = columnKey(column);
    const before = lineOf.get(name);
    if (before !== undefined) throw new MappingProblem(line, `the column "${column}" was mapped in line ${before}`);
    lineOf.set(name, line);
  }
}

function checkConstantsOnce(constants: readonly ConstantMapping[]): void {
  const lineOf = new Map<string, number>();
  for (const { field, line } of constants) {
    const name = field.toLowerCase();
    const before = lineOf.get(name);
    if (before !== undefined) throw new MappingProblem(line, `the field ${field} has a constant in line ${before}`);
    lineOf.set(name, line);
  }
}

function broken(path: string, { line, message }: MappingProblem): SfError {
  return messages.createError('mappingBroken', [path, line, message]);
}
