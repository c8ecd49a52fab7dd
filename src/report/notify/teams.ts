import { duration } from '../format.js';
import { type News } from './news.js';
import { OUTCOMES } from './outcome.js';

type Element = Readonly<Record<string, unknown>>;

/**
 * The message of a Microsoft Teams workflow ("When a Teams webhook request is received"): one adaptive card. Data stands in text runs, which
 * alone of all texts are not read as Markdown.
 */
export function teamsMessage(news: News): Element {
  const { mark, style } = OUTCOMES[news.outcome];
  const facts = [
    ...(news.org ? [['org', news.org] as const] : []),
    ...news.counts,
    ...(news.durationMs === undefined ? [] : [['took', duration(news.durationMs)] as const])
  ];
  const body = [
    line({ text: `${mark} ${news.title}`, size: 'large', weight: 'bolder', color: style }),
    ...facts.map(([name, value]) => line({ text: `${name}  `, isSubtle: true }, { text: value })),
    ...news.errors.map(({ count, code, message }) =>
      line({ text: `${count} × ${code}: `, weight: 'bolder' }, { text: message })
    ),
    ...(news.next ? [line({ text: 'Continue with: ' }, { text: news.next, fontType: 'monospace' })] : []),
    ...(news.runId ? [line({ text: news.runId, size: 'small', isSubtle: true })] : [])
  ];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}

function line(...runs: readonly Element[]): Element {
  return { type: 'RichTextBlock', inlines: runs.map((run) => ({ type: 'TextRun', ...run })) };
}
