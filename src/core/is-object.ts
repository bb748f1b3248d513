// Whether a parsed value has entries by name: the first question to anything that came as JSON.

export const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);
