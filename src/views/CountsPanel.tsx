// The shown mask in numbers: how many tokens are context, target and unused, alone and within the batch.

import { useStudio } from '../store/studio.ts';
import { Panel } from './Panel.tsx';
import type { Scene } from './scene.ts';
import { useStatistics } from './statistics.ts';
import { useYourMask } from './your-mask.ts';
import { percent } from './TokenPanel.tsx';

export function CountsPanel({ scene }: { scene: Scene }) {
  const maskProblem = useStudio((s) => s.maskProblem);
  const draw = useStudio((s) => s.draw);
  const maskSet = useStudio((s) => s.maskSet);
  const { seed, maskCut, batchSize } = useStudio((s) => s.labConfig);
  const { statistics, outdated } = useStatistics();
  const { counts } = scene;
  const beside = useYourMask();
  const measured = statistics?.sets[maskSet]?.cuts[maskCut];
  return (
    <Panel title={beside ? 'Your mask' : 'This mask'} note={beside ?? `seed ${seed}, draw ${draw}`} always>
      {maskProblem && (
        <p className="warn" role="alert" data-testid="mask-problem">
          {maskProblem}
        </p>
      )}
      {counts && (
        <table className="numbers" data-testid="counts">
          <thead>
            <tr>
              <th scope="col">Tokens</th>
              <th scope="col">now</th>
              <th scope="col">share</th>
              <th scope="col">mean ± sd</th>
            </tr>
          </thead>
          <tbody>
            {(['context', 'target', 'unused'] as const).map((kind) => (
              <tr key={kind}>
                <th scope="row">
                  <i className={`key key-${kind}`} aria-hidden="true" /> {kind}
                </th>
                <td data-testid={`count-${kind}`}>{counts[kind]}</td>
                <td>{percent(counts[kind] / counts.all)}</td>
                <td>
                  {measured && !outdated ? `${measured[kind].mean.toFixed(0)} ± ${measured[kind].sd.toFixed(0)}` : '…'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="small faint">
        {counts
          ? `${counts.all} tokens, the first clip of a batch of ${batchSize}, cut ${maskCut}`
          : 'No tokens are counted'}
        {statistics && `; means over ${statistics.clips} draws`}
      </p>
    </Panel>
  );
}
