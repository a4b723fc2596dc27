import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { TaskView } from '../../../../shared/domain/tasks/tasks.api.ts';
import { paths } from '../../api/paths.ts';
import { datacentersQuery, tasksQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { useAnnounceChange } from '../../ui/announcer.tsx';
import { Answered } from '../../ui/answered.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Filters, FilterSelect } from '../../ui/filters.tsx';
import { PageLink, useGo } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { Due, When } from '../../ui/when.tsx';
import { count, words } from '../../ui/words.ts';

/** Work for people, most urgent first; what one has begun stands above all else. */
export function TasksPage() {
  const me = useMe();
  const may = useMay();
  const go = useGo();
  const { state = 'todo', datacenter, after } = useUrlState('state', 'datacenter', 'after');
  const isEverywhere = me.datacenterIds.length === 0;
  const datacenters = useQuery({ ...datacentersQuery, enabled: isEverywhere });
  const tasks = useQuery({ ...tasksQuery({ state, datacenter, after }), placeholderData: keepPreviousData });
  const isTodo = state === 'todo';
  useAnnounceChange(tasks.data && isTodo ? `${count(tasks.data.items.length, 'task')} to do` : undefined);
  return (
    <Page title="Tasks" lead={me.datacenterIds.length > 0 ? `In ${me.datacenterIds.join(', ')}` : undefined}>
      <Filters>
        <FilterSelect
          label="Show"
          any="To do"
          options={['done', 'cancelled']}
          value={isTodo ? undefined : state}
          onChange={(chosen) => go(paths.tasks({ state: chosen, datacenter }), { replace: true })}
        />
        {isEverywhere && (
          <FilterSelect
            label="Datacenter"
            any="All datacenters"
            options={datacenters.data?.items.map(({ id }) => id) ?? []}
            value={datacenter}
            onChange={(chosen) =>
              go(paths.tasks({ state: isTodo ? undefined : state, datacenter: chosen }), { replace: true })
            }
          />
        )}
      </Filters>
      <Answered query={tasks} rows={6}>
        {({ items, next }) => {
          const isMine = ({ state: taskState, claimedById }: TaskView) =>
            taskState === 'claimed' && claimedById === me.id;
          const sorted = isTodo ? [...items.filter(isMine), ...items.filter((task) => !isMine(task))] : items;
          const isWorker = isTodo && may('task:work');
          return items.length === 0 ? (
            <Empty icon="check" title={isTodo ? 'Nothing to do' : 'No such tasks'}>
              {isTodo && 'New tasks appear here by themselves.'}
            </Empty>
          ) : (
            <>
              <ul className="tasks">
                {sorted.map((task, index) => (
                  <TaskCard
                    key={task.id}
                    task={task}
                    isNext={isWorker && index === 0}
                    me={me.id}
                    showsPlace={isEverywhere}
                  />
                ))}
              </ul>
              <Pager
                next={next}
                isFirst={after === undefined}
                to={(cursor) => paths.tasks({ state: isTodo ? undefined : state, datacenter, after: cursor })}
              />
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

function TaskCard({
  task,
  isNext,
  me,
  showsPlace,
}: {
  task: TaskView;
  isNext: boolean;
  me: string;
  showsPlace: boolean;
}) {
  const isTodo = task.state === 'open' || task.state === 'claimed';
  return (
    <li className={isNext ? 'task task-next' : 'task'}>
      <PageLink to={paths.task(task.id)} className="task-link">
        <span className="task-title">{task.title}</span>
        <span className="task-facts">
          <span className="tag">{words(task.kind)}</span>
          {isTodo ? (
            <Due at={task.dueAt} />
          ) : (
            <span>
              {words(task.state)} <When at={task.updatedAt} />
              {task.completedBy && ` by ${task.completedBy}`}
            </span>
          )}
          {showsPlace && <span>{task.datacenterId}</span>}
          {task.state === 'claimed' && (
            <span>{task.claimedById === me ? 'You are at it' : `${task.claimedBy} is at it`}</span>
          )}
        </span>
        {isNext && (
          <span className="button button-primary button-big" aria-hidden="true">
            {task.claimedById === me ? 'Go on' : 'Start'}
          </span>
        )}
      </PageLink>
    </li>
  );
}
