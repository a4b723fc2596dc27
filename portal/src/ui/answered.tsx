import type { ReactNode } from 'react';
import { ProblemError } from '../api/problem.ts';
import { Empty } from './empty.tsx';
import { ProblemNote } from './note.tsx';
import { Skeleton } from './skeleton.tsx';

/** As queries of one answer and of page after page both say it. */
interface Query<T> {
  data: T | undefined;
  isError: boolean;
  error: unknown;
  refetch: () => Promise<unknown>;
}

/** What is shown of an answer while it is awaited, when it came, and when it could not be had. */
export function Answered<T>({
  query,
  rows,
  children,
}: {
  query: Query<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  const retry = () => void query.refetch();
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && <StaleNote error={query.error} retry={retry} />}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <Refused error={query.error} retry={retry} />;
  return <Skeleton rows={rows ?? 4} />;
}

function StaleNote({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div className="stale">
      <p>What you see may be out of date.</p>
      <ProblemNote error={error} retry={retry} />
    </div>
  );
}

function Refused({ error, retry }: { error: unknown; retry: () => void }) {
  const status = error instanceof ProblemError ? error.status : undefined;
  if (status === 403)
    return (
      <Empty icon="warning" title="This is not yours to see">
        Your role does not include it. If it should, ask whoever manages your sign-ins.
      </Empty>
    );
  if (status === 404)
    return (
      <Empty icon="quiet" title="There is no such thing">
        It may have been mistyped, or it belongs to somebody else.
      </Empty>
    );
  return <ProblemNote error={error} retry={retry} />;
}
