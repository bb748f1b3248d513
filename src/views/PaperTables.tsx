// Numbers of the paper to read one's own beside: a card with one table at a time, how it was made and where it stands.

import { useId, useState } from 'react';
import { paperDataSets, type PaperRow, type PaperTable, paperTables } from '../core/paper-tables.ts';
import './paper-tables.css';

export function PaperTables() {
  const id = useId();
  const [chosen, choose] = useState(paperTables[0]);
  const heads = chosen.columns.flatMap(({ head, names }) => [head, ...names]);
  const shortened = paperDataSets.filter(({ short }) => heads.includes(short));
  return (
    <section className="panel paper" aria-labelledby={`${id}-title`} data-testid="paper-tables">
      <h2 id={`${id}-title`}>Numbers of the paper</h2>
      <p className="notice paper-notice" id={`${id}-notice`}>
        Published numbers, never our numbers. They come from models of hundreds of millions of weights and millions of
        videos, so what a run here reaches can be read beside them but not compared with them.
      </p>
      <div className="field paper-choice">
        <label htmlFor={id}>Table</label>
        <select
          id={id}
          value={chosen.id}
          onChange={(event) => choose(paperTables.find((t) => t.id === event.target.value) ?? chosen)}
        >
          {paperTables.map((table) => (
            <option key={table.id} value={table.id}>
              {table.number}, {table.title.charAt(0).toLowerCase() + table.title.slice(1)}
            </option>
          ))}
        </select>
      </div>
      {/* wide tables scroll sideways, with the keyboard too */}
      <div className="paper-scroll" role="region" tabIndex={0} aria-labelledby={`${id}-caption`}>
        <Numbers table={chosen} captionId={`${id}-caption`} noticeId={`${id}-notice`} />
      </div>
      <dl className="paper-facts small">
        <dt>Protocol</dt>
        <dd>{chosen.protocol}</dd>
        {chosen.remarks.length > 0 && <dt>Note</dt>}
        {chosen.remarks.map((remark) => (
          <dd key={remark}>{remark}</dd>
        ))}
        {shortened.length > 0 && <dt>Data sets</dt>}
        {shortened.length > 0 && <dd>{shortened.map(({ short, name }) => `${short} is ${name}`).join('; ')}</dd>}
        <dt>Source</dt>
        <dd>{chosen.source}</dd>
      </dl>
    </section>
  );
}

function Numbers({ table, captionId, noticeId }: { table: PaperTable; captionId: string; noticeId: string }) {
  const counts = table.columns.flatMap((column) => column.names.map(() => column.counts ?? false));
  return (
    <table className="paper-table" aria-describedby={noticeId}>
      <caption id={captionId}>
        {table.title} <span className="faint">{table.number}</span>
      </caption>
      {/* a head spans its columns, and is said with each of them */}
      <colgroup />
      {table.columns.map(({ head, names }) => (
        <colgroup key={head} span={names.length} />
      ))}
      <thead>
        <tr>
          <td rowSpan={2} />
          {table.columns.map(({ head, names }) => (
            <th key={head} scope="colgroup" colSpan={names.length}>
              {head}
            </th>
          ))}
        </tr>
        <tr>
          {table.columns.flatMap(({ head, names }) =>
            names.map((name) => (
              <th key={`${head} ${name}`} scope="col">
                {name}
              </th>
            )),
          )}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row) => (
          <tr key={row.name} className={row.own ? 'paper-own' : undefined}>
            <th scope="row">
              {row.name}
              {row.own && <span className="paper-mark">the paper’s own</span>}
            </th>
            {row.values.map((value, i) => (
              <td key={i}>{value === null ? <LeftOut /> : written(row, i, counts[i])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const written = ({ values, deviations }: PaperRow, i: number, count: boolean) => (
  <>
    {values[i]?.toFixed(count ? 0 : 1)}
    {deviations && <span className="faint"> ± {deviations[i].toFixed(1)}</span>}
  </>
);

const LeftOut = () => (
  <>
    <span aria-hidden="true">–</span>
    <span className="unseen">left out, see the note</span>
  </>
);
