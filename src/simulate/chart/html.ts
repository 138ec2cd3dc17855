import type { SimulationReport } from '../report/report.ts';
import { headLines, summaryRows } from '../report/summary.ts';
import { escapeMarkup } from './markup.ts';
import { svgElement, titleOf } from './svg.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
svg { width: 100%; height: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: 0.2rem 1.5rem 0.2rem 0; font-weight: normal; }
thead th { font-weight: 600; }
`;

const cells = (tag: string, texts: readonly string[]): string =>
  texts.map(text => `<${tag}>${escapeMarkup(text)}</${tag}>`).join('');

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const body = rows.map(([label = '', ...values]) => {
    return `<tr><th scope="row">${escapeMarkup(label)}</th>${cells('td', values)}</tr>`;
  });
  return `<table>\n<thead><tr>${cells('th', head)}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

/** A self-contained page; `clock` formats a time as `2026-10-10 13:55:36`. */
export function htmlPage(report: SimulationReport, clock: (ms: number) => string): string {
  const title = escapeMarkup(titleOf(report));
  return [
    '<!DOCTYPE html>',
    `<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${title}</title>`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>${STYLE}</style>\n</head>`,
    `<body>\n<h1>${title}</h1>`,
    `<ul>${headLines(report, clock)
      .map(line => `<li>${escapeMarkup(line)}</li>`)
      .join('\n')}</ul>`,
    svgElement(report, clock),
    table(summaryRows(report)),
    '</body>\n</html>\n',
  ].join('\n');
}
