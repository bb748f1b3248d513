/** Adapters that records come from, each once. */
export const adaptersOf = (records: readonly { adapter?: string }[]): string[] => [
  ...new Set(records.flatMap(({ adapter }) => (adapter === undefined ? [] : [adapter]))),
];
