// The edge of a subgroup matrix, for adapters that multiply 8 × 8 by halves and add up in single precision. Appended.

const EDGE = 8u;
