const MONTHS = new Map(
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ').map((name, month) => [name, month]),
);

const FORM = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/;

/** `10/Oct/2026:13:55:36 +0000`, the time of the common log format, as ms since the epoch. */
export function parseClfTime(text: string): number | null {
  const [, day, name = '', year, hour, minute, second, sign, zoneHours, zoneMinutes] = FORM.exec(text) ?? [];
  const month = MONTHS.get(name);
  // 60: a leap second
  if (month === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const local = Date.UTC(
    Number(year),
    month,
    Number(day),
    Number(hour),
    Number(minute),
    Math.min(59, Number(second)),
  );
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return sign === '-' ? local + zone : local - zone;
}

/** How long such a time is, in characters. */
export const CLF_TIME = 26;

/** Reads such times where many in a row are the same. */
export class ClfClock {
  #text = '';
  #ms: number | null = null;

  read(text: string): number | null {
    if (text !== this.#text) {
      this.#text = text;
      this.#ms = parseClfTime(text);
    }
    return this.#ms;
  }
}
