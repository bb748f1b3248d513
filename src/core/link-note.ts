// What a link said and was not taken: the field, its value, and what it may be.

const most = 60;

/** `limit`: what it may be, where that is known. `instead`: what comes of it. */
export function notTaken(name: string, text: string | undefined, limit?: string, instead = 'it is left out'): string {
  const value = text === undefined ? 'is missing' : `is “${text.slice(0, most)}”, `;
  const why = text === undefined ? '' : limit ? `not ${limit}` : 'which is not understood';
  return `The link's field ${name.slice(0, most)} ${value}${why}: ${instead}.`;
}

export const wholeTo = (last: number): string => `a whole number from 0 to ${last}`;

/** "1, 2 or 4" */
export const oneOf = (names: readonly (string | number)[]): string =>
  [names.slice(0, -1).join(', '), names.at(-1)].filter((part) => part !== '').join(' or ');
