/** `1 mistake`, `2 mistakes` */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
