import type { Figure, Results, RowName } from '../../bench/results.ts';

export const figure = (
  row: RowName,
  subject: string,
  name: string,
  values: (number | null)[],
  unit = 'ms',
): Figure => ({ row, subject, name, unit, values });

/** The results of a run. */
export const results = (figures: Figure[], change: Partial<Results> = {}): Results => ({
  setting: {
    date: '2026-11-25T04:35:00.000Z',
    cores: 2,
    processor: 'A processor',
    memoryMb: 24_000,
    kernel: '6.1',
    versions: { nginx: '1.22.1' },
    rounds: 3,
    quick: false,
    seconds: 1200,
  },
  subjects: { cgipool: 'as it is', 'a|b': 'another' },
  figures,
  gaps: [],
  ...change,
});
