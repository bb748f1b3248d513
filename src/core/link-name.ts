// Names of clips and maskings as links hold them.

/** UTF-16 units of a name. */
export const mostName = 200;

/** Halves of a character outside of the basic plane that have lost the other: a file name can hold them, an address cannot. */
const halves = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

export const nameInLink = (name: string): string => name.slice(0, mostName).replace(halves, '');
