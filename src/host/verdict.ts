import type { Health } from '../pool/pool.ts';
import type { ProbeResult } from './probe-result.ts';

/** What a worker answered to a probe by request. */
interface Answered {
  status: number;
  body: string;
  /** What it complained of beside it. */
  stderr: string;
}

/** Whether the answer is a healthy one, with its status and how long it took, ms, in words. */
export function verdict(
  { status, body, stderr }: Answered,
  wanted: Pick<Health, 'status' | 'body'>,
  took: number,
): ProbeResult {
  const said = `${status} in ${Math.round(took)} ms`;
  const failed = (detail: string): ProbeResult => ({ ok: false, late: false, detail });
  if (status < wanted.status.least || status > wanted.status.most)
    return failed(stderr === '' ? said : `${said}, and on stderr: ${stderr}`);
  if (wanted.body !== null && !body.includes(wanted.body))
    return failed(`${said}, without the text of Body=`);
  return { ok: true, late: false, detail: said };
}
