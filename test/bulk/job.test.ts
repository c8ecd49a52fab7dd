import { expect } from 'chai';
import fc from 'fast-check';
import { BulkError } from '../../src/bulk/bulkError.js';
import { isTerminal, JOB_STATES, jobInfo } from '../../src/bulk/job.js';

/** The guide's answers to Create a Job and Get Information About a Job (BULK_API §1). */
const CREATED = {
  id: '7505fEXAMPLEAAM',
  operation: 'upsert',
  object: 'Account',
  createdById: '0055fEXAMPLEAAM',
  createdDate: '2022-01-02T21:33:43.000+0000',
  systemModstamp: '2022-01-02T21:33:43.000+0000',
  state: 'Open',
  externalIdFieldName: 'Ext__c',
  concurrencyMode: 'Parallel',
  contentType: 'CSV',
  apiVersion: 66.0,
  contentUrl: 'services/data/v66.0/jobs/ingest/7505fEXAMPLEAAM/batches',
  lineEnding: 'LF',
  columnDelimiter: 'COMMA'
};

describe('bulk/job', () => {
  it('reads the answer to create, which has no counters', () => {
    expect(jobInfo(CREATED)).to.deep.include({
      id: CREATED.id,
      state: 'Open',
      operation: 'upsert',
      object: 'Account',
      externalIdFieldName: 'Ext__c',
      apiVersion: 66,
      createdDate: CREATED.createdDate,
      numberRecordsProcessed: 0,
      numberRecordsFailed: 0,
      errorMessage: undefined
    });
  });

  it('reads the long answer', () => {
    const info = jobInfo({
      ...CREATED,
      state: 'Failed',
      jobType: 'V2Ingest',
      numberRecordsProcessed: 7,
      numberRecordsFailed: 2,
      retries: 1,
      totalProcessingTime: 1234,
      errorMessage: 'InvalidBatch : Field name not found : x'
    });
    expect(info).to.deep.include({
      state: 'Failed',
      jobType: 'V2Ingest',
      numberRecordsProcessed: 7,
      numberRecordsFailed: 2,
      retries: 1,
      totalProcessingTimeMs: 1234,
      errorMessage: 'InvalidBatch : Field name not found : x'
    });
  });

  it('takes numbers that come as text', () => {
    expect(jobInfo({ ...CREATED, apiVersion: '66.0', numberRecordsProcessed: '12' })).to.deep.include({
      apiVersion: 66,
      numberRecordsProcessed: 12
    });
  });

  const none: ReadonlyArray<[string, unknown]> = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'job'],
    ['a list', [CREATED]],
    ['a job without id', { ...CREATED, id: undefined }],
    ['a job with an empty id', { ...CREATED, id: '' }],
    ['a job in a state that there is not', { ...CREATED, state: 'Dreaming' }],
    ['an error', { errorCode: 'X', message: 'y' }]
  ];
  for (const [name, body] of none)
    it(`refuses ${name}`, () => {
      expect(() => jobInfo(body))
        .to.throw(BulkError)
        .with.property('name', 'UnexpectedAnswer');
    });

  it('never throws anything else, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record({ id: fc.string(), state: fc.constantFrom(...JOB_STATES), retries: fc.anything() })
        ),
        (body) => {
          try {
            const info = jobInfo(body);
            expect(info.retries === undefined || Number.isFinite(info.retries)).to.equal(true);
          } catch (error) {
            expect(error).to.be.instanceOf(BulkError);
          }
        }
      )
    );
  });

  it('knows the states that stay', () => {
    expect(JOB_STATES.filter(isTerminal)).to.deep.equal(['JobComplete', 'Failed', 'Aborted']);
  });
});
