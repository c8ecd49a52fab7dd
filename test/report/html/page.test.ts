import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { markup } from '../../../src/report/html/markup.js';
import { facts, page, section, tiles } from '../../../src/report/html/page.js';
import { table } from '../../../src/report/html/table.js';

const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e';

function made(script?: string): string {
  return page({
    title: HOSTILE,
    outcome: HOSTILE,
    tone: 'bad',
    facts: [HOSTILE],
    body: [
      section(
        HOSTILE,
        tiles([{ name: HOSTILE, value: HOSTILE, note: HOSTILE, tone: 'good' }]),
        facts([[HOSTILE, HOSTILE]]),
        table([{ name: HOSTILE, cell: () => HOSTILE, isNumber: true }], [1, 2], { elsewhere: HOSTILE, most: 1 })
      )
    ],
    script
  });
}

/** The hash by which a policy lets an element's text pass. */
function hashIn(html: string, element: string): string {
  const [, text = ''] = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(html) ?? [];
  return `&#39;sha256-${createHash('sha256').update(text).digest('base64')}&#39;`;
}

describe('a page', () => {
  it('holds data as nothing but text, wherever it stands', () => {
    const html = made();
    expect(html).to.not.match(/<script|<img|\u202e/);
    expect(html.split('&lt;script&gt;')).to.have.length(13);
  });

  it('lets nothing load or run but its own style', () => {
    const html = made();
    expect(html).to.contain(`default-src &#39;none&#39;; style-src ${hashIn(html, 'style')}; base-uri`);
    expect(html).to.not.match(/\b(?:src|href|action)="/);
  });

  it('lets the script run that it is given, and no other', () => {
    const html = made("document.title = 'x'; // <b>");
    expect(html).to.contain(`script-src ${hashIn(html, 'script')};`);
  });

  it('has no part without content', () => {
    expect(section('Nothing', undefined).toString()).to.equal('');
    expect(section('Something', markup`<p></p>`).toString()).to.contain('<h2>Something</h2>');
  });

  it('cuts a long table off, and says where the rest is', () => {
    const html = table(
      [{ name: 'N', cell: String }],
      Array.from({ length: 1205 }, (_, at) => at),
      {
        elsewhere: 'summary.json'
      }
    ).toString();
    expect(html.match(/<tr>/g)).to.have.length(201);
    expect(html).to.contain('and 1,005 more, in summary.json');
  });
});
