// The edge of a subgroup matrix, for adapters that multiply 16 × 16 by halves and add up in single precision. Appended.

const EDGE = 16u;
