import { expect } from 'chai';
import { booleanReading, isBooleanFormat } from '../../../src/schema/readings/booleans.js';

describe('schema/readings/booleans', () => {
  it('reads two words whatever their case, and those of the API', () => {
    const { read } = booleanReading('WAHR / FALSCH');
    for (const value of ['WAHR', ' wahr ', 'true', 'TRUE']) expect(read(value), value).to.equal('true');
    for (const value of ['FALSCH', 'Falsch', 'false']) expect(read(value), value).to.equal('false');
    for (const value of ['', 'ja', '1', '0', 'WAHR / FALSCH']) expect(read(value), value).to.equal(undefined);
    expect(booleanReading('0/1').read('0')).to.equal('true');
  });

  it('knows what says how booleans are written', () => {
    for (const format of ['yes/no', 'WAHR/FALSCH', ' y / n ', '1/0', 'not active/active'])
      expect(isBooleanFormat(format), format).to.equal(true);
    for (const format of ['yes', 'yes/', '/no', 'yes/no/maybe', 'yes/YES', '', '/'])
      expect(isBooleanFormat(format), format).to.equal(false);
  });
});
