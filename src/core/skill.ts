// Skill: how much of a baseline's error a prediction does without. The only reading without a scale, because the features
// that are predicted drift while the target encoder is trained.

/** 1 − error / baseline: 1 is perfect, 0 no better than the baseline, below 0 worse. Null where the baseline has no error. */
export const skill = (error: number, baseline: number): number | null => (baseline > 0 ? 1 - error / baseline : null);
