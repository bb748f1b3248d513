// Reads single values of an official YAML, and remembers which keys were read and what was odd about them.

import { numberOf } from './yaml-edit.ts';
import type { YamlMapping, YamlNode, YamlScalar } from './yaml-nodes.ts';

export class OfficialReader {
  readonly root: YamlMapping;
  readonly #read = new Set<string>();
  readonly #refused = new Set<string>();
  readonly problems: string[] = [];

  constructor(root: YamlMapping) {
    this.root = root;
  }

  /** The node of a dotted key; numbers are places in a list. */
  find(key: string): YamlNode | undefined {
    let node: YamlNode | undefined = this.root;
    for (const part of key.split('.')) {
      if (node?.kind === 'mapping') node = node.entries.find((e) => e.key === part)?.value;
      else if (node?.kind === 'sequence') node = node.items[Number(part)];
      else return undefined;
    }
    return node;
  }

  number(key: string, fallback: number): number {
    const node = this.#take(key);
    return node ? (this.#number(key, node, fallback) ?? fallback) : fallback;
  }

  optionalNumber(key: string, fallback: number | null): number | null {
    const node = this.#take(key);
    if (!node) return fallback;
    if (node.kind === 'scalar' && node.type === 'null') return null;
    return this.#number(key, node, fallback) ?? fallback;
  }

  bool(key: string, fallback: boolean): boolean {
    const node = this.#take(key);
    if (!node) return fallback;
    if (node.kind === 'scalar' && node.type === 'bool') return isTrue(node);
    this.#odd(key, node, 'true or false is needed', fallback);
    return fallback;
  }

  pair(key: string, fallback: [number, number]): [number, number] {
    const node = this.#take(key);
    if (!node) return fallback;
    const numbers = this.#numbers(key, node, fallback);
    if (numbers?.length === 2) return [numbers[0], numbers[1]];
    if (numbers) this.#odd(key, node, 'a list of two numbers is needed', fallback);
    return fallback;
  }

  numbers(key: string, fallback: number[]): number[] | undefined {
    const node = this.#take(key);
    return node && this.#numbers(key, node, fallback);
  }

  word(key: string): string | undefined {
    const node = this.#take(key);
    if (!node || node.kind !== 'scalar' || node.type === 'null') return undefined;
    return node.text;
  }

  /** Keys whose values were taken. */
  used(): string[] {
    return [...this.#read].filter((key) => !this.#refused.has(key));
  }

  /** Keys that hold something nobody asked for; a list of plain values is one key. */
  unused(): string[] {
    return leaves(this.root, '').filter((key) => !this.#read.has(key));
  }

  #take(key: string): YamlNode | undefined {
    const node = this.find(key);
    if (node) this.#read.add(key);
    return node;
  }

  #numbers(key: string, node: YamlNode, fallback: Value): number[] | undefined {
    if (node.kind !== 'sequence') {
      this.#odd(key, node, 'a list of numbers is needed', fallback);
      return undefined;
    }
    const numbers = node.items.map((item) => this.#number(key, item, fallback));
    return numbers.every((n) => n !== undefined) ? numbers : undefined;
  }

  #number(key: string, node: YamlNode, fallback: Value): number | undefined {
    const value = node.kind === 'scalar' ? numberOf(node) : undefined;
    if (value === undefined) this.#odd(key, node, 'a number is needed', fallback);
    else if (node.kind === 'scalar' && node.type === 'string')
      this.#tell(
        `${key} is ${node.text}, which PyYAML reads as text: ${/[eE]/.test(node.text) ? 'write it with a point, as in 1.0e-7' : 'leave its quotes out'}. It is taken for the number here.`,
      );
    return value;
  }

  #odd(key: string, node: YamlNode, needed: string, taken: Value): void {
    this.#refused.add(key);
    this.#tell(`${key} is ${shown(node)}: ${needed}, so ${spelled(taken)} is taken.`);
  }

  /** Of a list whose numbers are odd in the same way it is told once. */
  #tell(problem: string): void {
    if (!this.problems.includes(problem)) this.problems.push(problem);
  }
}

/** Whether a node is one of YAML 1.1's words for true. */
export const isTrue = (node: YamlNode): boolean =>
  node.kind === 'scalar' && node.type === 'bool' && /^(?:y|t|on)/i.test(node.text);

/** What is taken for a key. */
type Value = number | boolean | null | readonly number[];

/** As a file would have it. */
export const spelled = (value: Value): string =>
  value === null ? 'none' : typeof value === 'object' ? `[${value.join(', ')}]` : String(value);

const shown = (node: YamlNode): string =>
  node.kind === 'scalar' ? cut(node) : node.kind === 'mapping' ? 'a list of keys' : `a list of ${node.items.length}`;

const cut = ({ text }: YamlScalar): string =>
  text === '' ? 'empty' : text.length > 40 ? `${text.slice(0, 40)}…` : text;

function leaves(node: YamlNode, name: string): string[] {
  const below = (key: string) => (name ? `${name}.${key}` : key);
  if (node.kind === 'mapping' && node.entries.length)
    return node.entries.flatMap(({ key, value }) => leaves(value, below(key)));
  if (node.kind === 'sequence' && node.items.some((item) => item.kind === 'mapping'))
    return node.items.flatMap((item, i) => leaves(item, below(String(i))));
  return [name];
}
