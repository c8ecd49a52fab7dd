import { expect } from 'chai';
import fc from 'fast-check';
import { child, element, parseXml, texts, XmlError } from '../../../src/emulator/soap/xml.js';

describe('emulator: XML', () => {
  it('reads elements without namespaces, nil, CDATA, comments and entities', () => {
    const root = parseXml(
      '<?xml version="1.0"?><!-- c --><s:a xmlns:s="u"><b x="1">1 &lt; &#50; &#x33;</b><b><![CDATA[<&>]]></b><c xsi:nil="true"/><d>\n<e/></d></s:a>'
    );
    expect(root.name).to.equal('a');
    expect(texts(root, 'b')).to.deep.equal(['1 < 2 3', '<&>']);
    expect(child(root, 'c')?.isNil).to.equal(true);
    expect(child(child(root, 'd'), 'e')?.children).to.deep.equal([]);
  });

  for (const text of ['', 'text', '<a>', '<a></b>', '</a>', '<a><b></a></b>', '<a/><', '<a>1 < 2</a>'])
    it(`refuses ${text || 'nothing'}`, () => expect(() => parseXml(text)).to.throw(XmlError));

  it('what was written is read', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '<', '>', '&', '"', "'", ';', 'é', '🙂', ']]>') });
    fc.assert(fc.property(text, (value) => void expect(parseXml(element('a', value)).text).to.equal(value)));
  });
});
