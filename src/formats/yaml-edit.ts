// Changes in the text of a YAML file: a value replaced, a key added, an item added or taken out. Comments, order and
// spelling of everything else stay.

import type { YamlMapping, YamlNode, YamlScalar, YamlSequence } from './yaml-nodes.ts';

/** A value to be written: the text of a scalar, a list in one line, or keys with values. */
export type YamlText = string | string[] | { [key: string]: YamlText };

interface Edit {
  from: number;
  to: number;
  text: string;
}

/** Collects the changes of one text. */
export class YamlEditor {
  readonly #source: string;
  readonly #newline: string;
  readonly #edits: Edit[] = [];

  constructor(source: string) {
    this.#source = source;
    this.#newline = source.includes('\r\n') ? '\r\n' : '\n';
  }

  /** Puts another value in the place of one. */
  replace(node: YamlNode, value: string | string[]): void {
    if (Array.isArray(value) && node.kind === 'sequence' && !node.flow) return this.#replaceItems(node, value);
    const text = inline(value);
    const empty = node.start === node.end;
    this.#edits.push({ from: node.start, to: node.end, text: empty ? ` ${text}` : text });
  }

  /** Adds a key behind the last one of a mapping. */
  addKey(mapping: YamlMapping, key: string, value: YamlText): void {
    const last = mapping.entries.at(-1)?.value;
    if (mapping.flow || !last) {
      const text = `${last ? ', ' : ''}${key}: ${inline(value)}`;
      const at = last?.end ?? mapping.start + 1;
      this.#edits.push({ from: at, to: at, text });
      return;
    }
    const column = this.#column(mapping.start);
    this.#addLines(last.end, block({ [key]: value }, column));
  }

  /** Adds an item behind the last one of a list. */
  addItem(list: YamlSequence, value: { [key: string]: YamlText }): void {
    const last = list.items.at(-1);
    if (list.flow || !last) {
      const at = last?.end ?? list.start + 1;
      this.#edits.push({ from: at, to: at, text: `${last ? ', ' : ''}${inline(value)}` });
      return;
    }
    const column = this.#column(list.start);
    const [first, ...rest] = block(value, column + 2);
    this.#addLines(last.end, [`${' '.repeat(column)}- ${first.trimStart()}`, ...rest]);
  }

  /** Takes the items from number `from` (at least 1) on out of a list. */
  removeItems(list: YamlSequence, from: number): void {
    const before = list.items[from - 1].end;
    const end = list.items[list.items.length - 1].end;
    if (list.flow) this.#edits.push({ from: before, to: end, text: '' });
    else this.#edits.push({ from: this.#lineEnd(before), to: this.#lineEnd(end), text: '' });
  }

  /** The text with all changes. */
  apply(): string {
    let text = '';
    let at = 0;
    // additions at one place keep their order
    const ordered = this.#edits.map((edit, i) => ({ ...edit, i })).sort((a, b) => a.from - b.from || a.i - b.i);
    for (const edit of ordered) {
      text += this.#source.slice(at, edit.from) + edit.text;
      at = edit.to;
    }
    return text + this.#source.slice(at);
  }

  /** Item by item where there are as many, so that what stands between them stays. */
  #replaceItems(list: YamlSequence, value: string[]): void {
    const { items, start, end } = list;
    if (items.length === value.length) {
      items.forEach((item, i) => this.replace(item, value[i]));
      return;
    }
    const indent = this.#newline + ' '.repeat(this.#column(start));
    this.#edits.push({ from: start, to: end, text: value.map((item) => `- ${item}`).join(indent) });
  }

  #addLines(behind: number, lines: string[]): void {
    // a block of text ends with its newline
    const whole = behind > 0 && this.#source[behind - 1] === '\n';
    const at = whole ? behind : this.#lineEnd(behind);
    const text = lines.map((line) => (whole ? line + this.#newline : this.#newline + line)).join('');
    this.#edits.push({ from: at, to: at, text });
  }

  #column(at: number): number {
    return at - (this.#source.lastIndexOf('\n', at - 1) + 1);
  }

  #lineEnd(at: number): number {
    const end = this.#source.indexOf('\n', at);
    if (end < 0) return this.#source.length;
    return this.#source[end - 1] === '\r' && end > at ? end - 1 : end;
  }
}

/** Keys and values, a line each, indented by `column` spaces. */
export function block(value: { [key: string]: YamlText }, column: number): string[] {
  const indent = ' '.repeat(column);
  return Object.entries(value).flatMap(([key, part]) => {
    if (typeof part === 'string') return [`${indent}${key}: ${part}`];
    if (Array.isArray(part)) return [`${indent}${key}:`, ...part.map((item) => `${indent}- ${item}`)];
    return [`${indent}${key}:`, ...block(part, column + 2)];
  });
}

function inline(value: YamlText): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${inline(part)}`);
  return `{${parts.join(', ')}}`;
}

/** A number that every YAML reader takes for a float: 1e-7 is text to PyYAML, 1.0e-7 is not. */
export function floatText(value: number): string {
  const text = String(value);
  if (/^-?\d+$/.test(text)) return `${text}.0`;
  return text.replace(/^(-?\d+)e/, '$1.0e');
}

/** The number that a scalar holds; undefined when it holds none, or one that is not decimal. 1e-7 counts, though PyYAML
 * takes it for text. */
export function numberOf(node: YamlScalar): number | undefined {
  const plain = node.text.replaceAll('_', '');
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(plain)) return undefined;
  const octal = node.type === 'int' && /^[-+]?0\d/.test(plain);
  const value = Number(plain);
  return octal || !Number.isFinite(value) ? undefined : value;
}
