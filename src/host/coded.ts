/** An error that the rest of the program knows by its code, as it knows Node's. */
export const coded = (code: string): Error => Object.assign(new Error(code), { code });
