import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { paperTables } from '../core/paper-tables.ts';
import { PaperTables } from './PaperTables.tsx';

describe('the card with the paper’s tables', () => {
  const markup = renderToStaticMarkup(createElement(PaperTables));
  const all = (pattern: RegExp) => [...markup.matchAll(pattern)].map((m) => m[1]);

  test('a real table with a caption, and heads for every row and column', () => {
    expect(all(/<caption[^>]*>([^<]*)/g)).toEqual([`${paperTables[0].title} `]);
    expect(all(/<th scope="colgroup" colSpan="\d">([^<]*)/gi)).toEqual(['Frozen', 'Fine-tuned']);
    expect(all(/<th scope="col">([^<]*)/g)).toEqual(['K400', 'SSv2', 'IN1K', 'K400']);
    expect(all(/<th scope="row">([^<]*)/g)).toEqual(['Pixels', 'Features']);
    expect(all(/<td>([\d.]*)/g)).toEqual(['68.6', '66.0', '73.3', '85.4', '73.7', '66.2', '74.8', '85.6']);
  });

  test('every table can be chosen, and says protocol, source and whose numbers these are', () => {
    expect(all(/<option value="([^"]*)"/g)).toEqual(paperTables.map((t) => t.id));
    expect(markup).toContain('never our numbers');
    expect(markup).toContain(paperTables[0].protocol);
    expect(markup).toContain('arXiv 2404.08471, table 1');
  });
});
