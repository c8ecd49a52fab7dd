import { duration } from '../format.js';
import { type News } from './news.js';
import { OUTCOMES } from './outcome.js';

/** Slack's limits: of a header, of a field, and of fields in a section (Block Kit reference). */
const HEADER_CHARACTERS = 150;
const TEXT_CHARACTERS = 2000;
const MOST_FIELDS = 10;

type Block = Readonly<Record<string, unknown>>;

/** The message of a Slack incoming webhook: blocks, and a text for where blocks can't be shown. Data is plain text, which Slack does not parse. */
export function slackMessage(news: News): Readonly<Record<string, unknown>> {
  const title = `${OUTCOMES[news.outcome].mark} ${news.title}`;
  const facts = [
    ...(news.org ? [['org', news.org] as const] : []),
    ...news.counts,
    ...(news.durationMs === undefined ? [] : [['took', duration(news.durationMs)] as const])
  ];
  const blocks: Block[] = [{ type: 'header', text: plain(title, HEADER_CHARACTERS) }];
  for (let first = 0; first < facts.length; first += MOST_FIELDS)
    blocks.push({
      type: 'section',
      fields: facts.slice(first, first + MOST_FIELDS).map(([name, value]) => plain(`${name}: ${value}`))
    });
  for (const { count, code, message } of news.errors)
    blocks.push({ type: 'section', text: plain(`${count} × ${code}: ${message}`) });
  if (news.next) blocks.push({ type: 'section', text: plain(`Continue with: ${news.next}`) });
  if (news.runId) blocks.push({ type: 'context', elements: [plain(news.runId)] });
  return { text: escaped(title), blocks };
}

function plain(text: string, most = TEXT_CHARACTERS): Block {
  return { type: 'plain_text', text: text.slice(0, most), emoji: false };
}

/** The three characters that Slack's own markup is made of. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
