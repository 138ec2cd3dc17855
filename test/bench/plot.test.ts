import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { barChart } from '../../bench/plot.ts';
import { plotsOf } from '../../bench/plots.ts';
import { summarize } from '../../bench/statistics.ts';
import { fault } from '../simulate/report/xml.ts';
import { figure, results } from './given.ts';

const test = suite('bench: plot');

const bars = (...all: [label: string, ...values: (number | null)[]][]) =>
  all.map(([label, ...values]) => ({ label, ...summarize(values) }));

const widths = (svg: string): number[] =>
  [...svg.matchAll(/class="(?:own|other)"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));

test('a chart is well-formed with any labels', () => {
  assert.equal(fault(barChart('a < b & "c"', bars(['<x>', 1, 2], ['cgipool', 0]))), null);
  assert.equal(fault(barChart('nothing', [])), null);
});

test('the length of a bar is proportional to its median', () => {
  const [long = 0, half = 0, none = 0] = widths(barChart('t', bars(['a', 10], ['b', 5], ['c', 0])));
  assert.ok(Math.abs(long - 2 * half) < 0.3, `${long} ${half}`);
  assert.equal(none, 1);
});

test('the bar of what never happened reaches the edge and is labelled never', () => {
  const svg = barChart('t', bars(['a', 10], ['b', null]));
  const [most, never] = widths(svg);
  assert.equal(never, most);
  assert.match(svg, />never</);
});

test('the bars of cgipool have a colour of their own', () => {
  const svg = barChart('t', bars(['cgipool, tcp', 1], ['other', 1]));
  assert.deepEqual(svg.match(/class="(?:own|other)"/g), ['class="own"', 'class="other"']);
});

test('only measured figures get a chart', () => {
  assert.deepEqual(plotsOf(results([])), []);
  const [plot, ...more] = plotsOf(results([figure('hang', 'cgipool', 'capacity back', [4, 5, 6], 's')]));
  assert.deepEqual([plot?.row, plot?.file, more], ['hang', 'hang-capacity-back.svg', []]);
  assert.match(plot?.svg ?? '', />5 \(4-6\)</);
});

test.run();
