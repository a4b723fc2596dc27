import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CloudEvent } from '../../../../shared/events/cloud-event.ts';
import { recentEvents } from '../../api/live.ts';
import { paths } from '../../api/paths.ts';
import { eventsQuery } from '../../api/queries.ts';
import { useStore } from '../../api/store.ts';
import { Answered } from '../../ui/answered.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Filters, FilterText } from '../../ui/filters.tsx';
import { useGo } from '../../ui/link.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { EventsTable } from '../parts/events-table.tsx';

/** The log from its beginning, or about one thing; what happens meanwhile stands above it. */
export function EventsPage() {
  const go = useGo();
  const { subject, after } = useUrlState('subject', 'after');
  const log = useQuery({ ...eventsQuery({ subject, after }), placeholderData: keepPreviousData });
  const isAbout = (event: CloudEvent) => subject === undefined || event.subject === subject;
  const live = useStore(recentEvents).filter(isAbout);
  return (
    <Page title="Events" lead="Everything that happened, in the order it was sealed into the log.">
      <Filters>
        <FilterText
          label="Subject"
          placeholder="An id, such as ord_… or srv_…"
          value={subject}
          onChange={(text) => go(paths.events({ subject: text?.trim() }), { replace: true })}
        />
      </Filters>
      <Section title="Since you opened the portal" flush>
        {live.length === 0 ? (
          <p className="soft padded">Nothing yet. Events appear here as they happen.</p>
        ) : (
          <EventsTable label="Live events" events={live} />
        )}
      </Section>
      <Section title={after ? `The log, after ${after}` : 'The log, from its beginning'} flush>
        <Answered query={log} rows={8}>
          {({ items, next }) =>
            items.length === 0 ? (
              <Empty icon="quiet" title="No event is recorded here">
                {subject
                  ? 'Nothing is known about this id, or it is not yours to see.'
                  : 'The first order makes the first event.'}
              </Empty>
            ) : (
              <>
                <EventsTable label="Event log" events={items} />
                <Pager
                  next={next}
                  isFirst={after === undefined}
                  to={(cursor) => paths.events({ subject, after: cursor })}
                />
              </>
            )
          }
        </Answered>
      </Section>
    </Page>
  );
}
