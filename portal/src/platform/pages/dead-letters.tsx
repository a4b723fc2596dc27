import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { replayDeadLetter } from '../../api/acts.ts';
import { paths } from '../../api/paths.ts';
import { deadLettersQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Filters, FilterSelect } from '../../ui/filters.tsx';
import { useAct } from '../../ui/forms/use-act.ts';
import { useGo } from '../../ui/link.tsx';
import { ProblemNote } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Table } from '../../ui/table.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { When } from '../../ui/when.tsx';
import { count } from '../../ui/words.ts';

export function DeadLettersPage() {
  const may = useMay();
  const go = useGo();
  const { state, after } = useUrlState('state', 'after');
  const letters = useQuery({ ...deadLettersQuery({ state, after }), placeholderData: keepPreviousData });
  const replay = useAct(replayDeadLetter, { said: () => 'The event was handed to its consumer again.' });
  return (
    <Page
      title="Dead letters"
      lead="Events that a consumer could not handle, with the reason. Replay them once the cause is mended."
    >
      <Filters>
        <FilterSelect
          label="Show"
          any="Open"
          options={['replayed', 'discarded']}
          value={state}
          onChange={(chosen) => go(paths.deadLetters({ state: chosen }), { replace: true })}
        />
      </Filters>
      {replay.error ? <ProblemNote error={replay.error} /> : null}
      <Answered query={letters}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty icon="check" title={state ? 'None' : 'Every event was handled'} />
          ) : (
            <>
              <Table
                label="Dead letters"
                rows={items}
                rowKey={({ id }) => id}
                columns={[
                  {
                    name: 'Event',
                    show: ({ topic, event }) => (
                      <details className="event-data">
                        <summary>
                          <code>{topic}</code>
                        </summary>
                        <pre tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>
                      </details>
                    ),
                  },
                  { name: 'Consumer', show: ({ consumer }) => <code>{consumer}</code> },
                  {
                    name: 'Cause',
                    show: ({ cause, attempts }) => (
                      <>
                        {cause} <span className="soft">({count(attempts, 'attempt')})</span>
                      </>
                    ),
                  },
                  { name: 'When', show: ({ createdAt }) => <When at={createdAt} /> },
                  {
                    name: 'Next',
                    show: ({ id, state: letterState, topic }) =>
                      letterState === 'open' && may('dead-letter:replay') ? (
                        <Button
                          isBusy={replay.isBusy}
                          aria-label={`Replay ${topic}, letter ${id}`}
                          onClick={() => replay.run(id)}
                        >
                          Replay
                        </Button>
                      ) : (
                        <StateBadge state={letterState} />
                      ),
                  },
                ]}
              />
              <Pager
                next={next}
                isFirst={after === undefined}
                to={(cursor) => paths.deadLetters({ state, after: cursor })}
              />
            </>
          )
        }
      </Answered>
    </Page>
  );
}
