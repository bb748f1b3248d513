// Whether a recorded claim holds, in a word or two.

import type { RecordedVerdict } from '../store/evaluation-records.ts';

const names: Record<RecordedVerdict, string> = {
  yes: 'It holds here',
  no: 'It does not hold here',
  unclear: 'Unclear',
};

export const Holds = ({ verdict }: { verdict: RecordedVerdict }) => (
  <span className={`holds holds-${verdict}`}>{names[verdict]}</span>
);
