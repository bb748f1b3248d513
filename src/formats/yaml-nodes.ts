// A YAML text as nodes that know where they stand in it, so that a value can be changed and everything else stays as it
// was written. Plain scalars mean what PyYAML makes of them (YAML 1.1), since that is what reads these files.

import type { Event } from 'js-yaml';
import { StudioError } from '../core/errors.ts';

export type ScalarType = 'int' | 'float' | 'bool' | 'null' | 'date' | 'string';

export interface YamlScalar {
  kind: 'scalar';
  type: ScalarType;
  /** as written, without quotes */
  text: string;
  start: number;
  end: number;
}

export interface YamlSequence {
  kind: 'sequence';
  flow: boolean;
  items: YamlNode[];
  start: number;
  end: number;
}

export interface YamlMapping {
  kind: 'mapping';
  flow: boolean;
  entries: { key: string; value: YamlNode }[];
  start: number;
  end: number;
}

export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

const mostCharacters = 262_144;
const mostDepth = 32;

export function refuseYaml(why: string): never {
  throw new StudioError('format', `These settings cannot be read: ${why}.`, 'Choose an official pretrain YAML.');
}

/** The outermost mapping of a text. Throws StudioError 'format' for everything else, and for tags, anchors and merges. */
export async function parseYaml(source: string): Promise<YamlMapping> {
  if (source.length > mostCharacters)
    refuseYaml(`they have ${source.length} characters, at most ${mostCharacters} are supported`);
  const { parseEvents, YAMLException, EVENT_ID } = await import('js-yaml');
  let events: Event[];
  try {
    events = parseEvents(source, { maxDepth: mostDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error;
    refuseYaml(mark ? `line ${mark.line + 1}, column ${mark.column + 1}: ${reason}` : reason);
  }
  const documents = events.filter((e) => e.type === EVENT_ID.DOCUMENT).length;
  if (documents !== 1) refuseYaml(documents ? `there are ${documents} documents in one file` : 'the file is empty');
  const root = readNode(new Reader(source, events, EVENT_ID), 1);
  if (root.kind !== 'mapping') refuseYaml('the outermost thing is not a list of keys and values');
  return root;
}

/** Walks along the events; the place of an empty value is behind the colon of its key. */
class Reader {
  readonly source: string;
  readonly id: typeof import('js-yaml').EVENT_ID;
  #events: Event[];
  #at = 1;

  constructor(source: string, events: Event[], id: typeof import('js-yaml').EVENT_ID) {
    this.source = source;
    this.#events = events;
    this.id = id;
  }

  next(): Event {
    return this.#events[this.#at++];
  }

  /** Steps over the end of a list when it comes next. */
  atEnd(): boolean {
    if (this.#events[this.#at].type !== this.id.POP) return false;
    this.#at++;
    return true;
  }
}

function readNode(reader: Reader, emptyAt: number): YamlNode {
  const { id, source } = reader;
  const event = reader.next();
  const line = (at: number) => source.slice(0, Math.max(0, at)).split('\n').length;
  if (event.type === id.ALIAS)
    refuseYaml(`line ${line(event.anchorStart)} refers to an anchor, which is not supported: write the value out`);
  if (event.type !== id.SCALAR && event.type !== id.SEQUENCE && event.type !== id.MAPPING)
    refuseYaml('a value is missing at its end');
  if (event.tagStart >= 0)
    refuseYaml(
      `line ${line(event.tagStart)} has the tag ${source.slice(event.tagStart, event.tagEnd)}, tags are not supported`,
    );
  if (event.anchorStart >= 0)
    refuseYaml(`line ${line(event.anchorStart)} has an anchor, which is not supported: write the values out`);
  if (event.type === id.SCALAR) {
    if (event.valueStart < 0) return { kind: 'scalar', type: 'null', text: '', start: emptyAt, end: emptyAt };
    const text = source.slice(event.valueStart, event.valueEnd);
    const quote = event.style === 2 || event.style === 3 ? 1 : 0;
    const type = event.style === 1 ? scalarType(text) : 'string';
    return { kind: 'scalar', type, text, start: event.valueStart - quote, end: event.valueEnd + quote };
  }
  const { start } = event;
  const flow = event.style === 2;
  let end = flow ? start + 1 : start;
  if (event.type === id.SEQUENCE) {
    const items: YamlNode[] = [];
    while (!reader.atEnd()) {
      const item = readNode(reader, end);
      items.push(item);
      ({ end } = item);
    }
    return { kind: 'sequence', flow, items, start, end: flow ? closing(source, end, ']') : end };
  }
  const entries: YamlMapping['entries'] = [];
  const keys = new Set<string>();
  while (!reader.atEnd()) {
    const key = readNode(reader, end);
    if (key.kind !== 'scalar') refuseYaml(`line ${line(key.start)} has a key that is a list`);
    if (key.text === '__proto__') refuseYaml(`line ${line(key.start)} has the key __proto__`);
    if (key.text === '<<') refuseYaml(`line ${line(key.start)} merges keys, which is not supported: write them out`);
    if (keys.has(key.text)) refuseYaml(`line ${line(key.start)} has the key ${key.text} again`);
    const value = readNode(reader, source.indexOf(':', key.end) + 1 || key.end);
    keys.add(key.text);
    entries.push({ key: key.text, value });
    ({ end } = value);
  }
  return { kind: 'mapping', flow, entries, start, end: flow ? closing(source, end, '}') : end };
}

/** Behind the bracket that closes a flow list whose last part ends at `from`; only spaces, commas and comments lie between. */
function closing(source: string, from: number, bracket: string): number {
  for (let i = from; i < source.length; i++) {
    if (source[i] === bracket) return i + 1;
    if (source[i] === '#') i = source.indexOf('\n', i);
    if (i < 0) break;
  }
  return source.length;
}

const digits = '[0-9][0-9_]*';
const sexagesimal = '(?::[0-5]?[0-9])+';
const forms: [ScalarType, RegExp][] = [
  ['null', /^(?:~|null|Null|NULL|)$/],
  ['bool', /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/],
  ['int', new RegExp(`^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*${sexagesimal})$`)],
  [
    'float',
    new RegExp(
      `^(?:[-+]?${digits}\\.[0-9_]*(?:[eE][-+][0-9]+)?|\\.${digits}(?:[eE][-+][0-9]+)?|` +
        `[-+]?${digits}${sexagesimal}\\.[0-9_]*|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$`,
    ),
  ],
  [
    'date',
    /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/,
  ],
];

/** What PyYAML takes a plain scalar for (its resolver.py). Notably 1e-7 is text to it, and yes is true. */
export const scalarType = (text: string): ScalarType => forms.find(([, form]) => form.test(text))?.[0] ?? 'string';
