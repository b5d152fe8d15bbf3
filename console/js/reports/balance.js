/**
 * How many columns make rows of about the same length: 7 are 4 and 3, not 6 and 1.
 * @param {number} count @param {number} most columns
 */
export const balance = (count, most) => Math.ceil(count / Math.max(1, Math.ceil(count / most)));
