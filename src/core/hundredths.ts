// Shares as they are shown. Halves are rounded up, as they would be by hand: 7 of 40 is 0.18 and 9 of 40 is 0.23, whatever
// side of the half their binary fraction lies on.

/** A share in whole hundredths. */
export const hundredths = (share: number): number => Math.round(share * 100 + 1e-9);

/** "0.18" */
export const toHundredths = (share: number): string => (hundredths(share) / 100).toFixed(2);
