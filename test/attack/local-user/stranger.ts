/** What the attacker answers in a worker's place. */
export const STRANGER = 'the stranger at the port';
