import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Messages } from '@salesforce/core';
import { type ExportAsked } from '../../export/asked.js';
import { type ExportResult } from '../../export/exportResult.js';
import { type QueryAsked } from '../../export/query/prepareExport.js';
import { soqlInFile } from '../../export/query/soqlText.js';
import { BulkopsCommand } from '../../shell/bulkopsCommand.js';
import { EXIT } from '../../shell/exitCodes.js';
import { exportFlags } from '../../shell/exportFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

export default class Export extends BulkopsCommand<ExportResult> {
  public static readonly summary = messages.getMessage('summary');
  public static readonly description = messages.getMessage('description');
  public static readonly examples = messages.getMessages('examples');

  public static readonly flags = exportFlags;

  public async run(): Promise<ExportResult> {
    const { flags } = await this.parse(Export);
    const { prepareExport, sinceLast } = await import('../../export/query/prepareExport.js');
    const { orgReads } = await import('../../bulk/orgReads.js');
    const { exportData } = await import('../../export/export.js');
    const { runRecord } = await import('../../shell/runRecord.js');
    const { outputAsked } = await import('../../shell/outputAsked.js');
    const { carryOutExport } = await import('../../shell/exportSession.js');
    const org = flags['target-org'];
    const connection = org.getConnection(flags['api-version']);
    const session = { waitMs: flags.wait?.milliseconds, isAsync: flags.async || flags.wait?.milliseconds === 0 };
    const subject = { command: 'export', sobject: flags.sobject, org: org.getUsername() };
    const isToStdout = flags['output-file'] === '-';
    return carryOutExport({ session, connection, flags, subject, command: this, isToStdout }, async (world) => {
      const by = flags['split-by'];
      const wanted = by && { ...by, splits: flags.splits };
      const operation = flags['all-rows'] ? 'queryAll' : 'query';
      const prepared = await prepareExport(await queryAsked(flags), orgReads(world), wanted);
      const { sobject, columns, hasOtherColumns, split } = prepared;
      const { 'watermark-field': field, 'watermark-name': name } = flags;
      const watermark = { field, name, orgId: org.getOrgId(), operation };
      const delta = flags['since-last'] ? await sinceLast(prepared, watermark) : undefined;
      const asked: ExportAsked = {
        sobject,
        soql: delta?.soql ?? prepared.soql,
        since: delta?.since,
        columns: [...columns],
        hasOtherColumns,
        operation,
        delimiter: flags['column-delimiter'],
        lineEnding: flags['line-ending'],
        concurrency: flags.concurrency,
        maxRecords: flags['max-records'],
        split,
        output: outputAsked(flags, sobject, this.jsonEnabled())
      };
      const record = runRecord({ command: 'export', sobject, asked, org, connection, config: this.config });
      return exportData(record, resolve(flags['run-dir'] ?? join('bulkops-runs', record.runId)), session, world);
    });
  }
}

type Given = {
  readonly query?: string;
  readonly 'query-file'?: string;
  readonly sobject?: string;
  readonly fields?: string;
  readonly where?: string;
};

async function queryAsked({ query, sobject, fields, where, ...files }: Given): Promise<QueryAsked> {
  if (query !== undefined) return { soql: query };
  const file = files['query-file'];
  if (file !== undefined) {
    const soql = await readFile(file, 'utf8').catch((error: Error) => {
      throw messages.createError('queryUnreadable', [file, error.message]);
    });
    return { soql: soqlInFile(soql) };
  }
  if (sobject === undefined || fields === undefined) {
    const error = messages.createError('nothingAsked');
    error.exitCode = EXIT.usage;
    throw error;
  }
  if (fields === 'all' || fields === 'standard' || fields === 'custom') return { sobject, fields, where };
  const names = fields.split(',').map((name) => name.trim());
  return { sobject, fields: names.filter((name) => name !== ''), where };
}
