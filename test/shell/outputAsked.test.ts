import { resolve } from 'node:path';
import { expect } from 'chai';
import { type OutputAsked } from '../../src/export/asked.js';
import { type OutputFlags, outputAsked } from '../../src/shell/outputAsked.js';
import { sfRejection } from '../rejection.js';

describe('shell/outputAsked', () => {
  const asked = (flags: Partial<OutputFlags>, isJson = false): OutputAsked =>
    outputAsked({ gzip: false, overwrite: false, ...flags }, 'Account', isJson);
  const refusal = async (flags: Partial<OutputFlags>, isJson = false) =>
    sfRejection(Promise.resolve().then(() => asked(flags, isJson)));

  const FORMS: Array<[flags: Partial<OutputFlags>, format: string, path: string]> = [
    [{}, 'csv', 'Account.csv'],
    [{ gzip: true }, 'csv', 'Account.csv.gz'],
    [{ 'result-format': 'parquet' }, 'parquet', 'Account.parquet'],
    [{ 'output-file': 'a.JSON' }, 'json', 'a.JSON'],
    [{ 'output-file': 'a.jsonl.gz' }, 'ndjson', 'a.jsonl.gz'],
    [{ 'output-file': 'a.txt' }, 'csv', 'a.txt'],
    [{ 'output-file': 'a.json', 'result-format': 'csv' }, 'csv', 'a.json'],
    [{ 'output-file': 'a.xlsx', 'result-format': 'csv' }, 'csv', 'a.xlsx'],
    [{ 'output-file': 'a.xlsx.csv' }, 'csv', 'a.xlsx.csv']
  ];
  for (const [flags, format, path] of FORMS)
    it(`writes ${path} as ${format} for ${JSON.stringify(flags)}`, () => {
      const manifest = resolve(`${path}.manifest.json`);
      expect(asked(flags)).to.deep.include({ format, path: resolve(path), manifest });
    });

  const REFUSED: Array<[flags: Partial<OutputFlags>, isJson: boolean, name: string]> = [
    [{ 'output-file': '-' }, true, 'JsonToStdoutError'],
    [{ 'output-file': '-', 'result-format': 'parquet' }, false, 'ParquetToStdoutError'],
    [{ 'output-file': '-', 'chunk-rows': 5 }, false, 'ChunksToStdoutError'],
    [{ 'output-file': 'a.XLSX' }, false, 'OtherEndingError'],
    [{ 'output-file': 'a.csv.zip' }, false, 'OtherEndingError'],
    [{ 'output-file': 'a.parquet', gzip: true }, false, 'PackedParquetError'],
    [{ 'output-file': 'a.csv', manifest: './a.csv' }, false, 'ManifestIsOutputError'],
    [{ 'output-file': 'a.csv', manifest: 'a-00002.csv', 'chunk-rows': 5 }, false, 'ManifestIsOutputError']
  ];
  for (const [flags, isJson, name] of REFUSED)
    it(`refuses ${JSON.stringify(flags)} as wrong usage: ${name}`, async () => {
      const error = await refusal(flags, isJson);
      expect(error).to.include({ name, exitCode: 2 });
      expect(error.actions).to.not.equal(undefined);
    });
});
