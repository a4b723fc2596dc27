import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { mayPass, ProblemError } from './problem.ts';
import { meQuery } from './queries.ts';

/** What is read is kept until an event or an act makes it stale; what cannot pass is not tried again. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    // The session ended: asking who is signed in brings up the sign-in page, and back here afterwards.
    if (error instanceof ProblemError && error.status === 401)
      void client.resetQueries({ queryKey: meQuery.queryKey, exact: true });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => query.queryKey[0] !== meQuery.queryKey[0] && onError(error),
    }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        retry: (failures, error) => failures < 2 && mayPass(error),
        retryDelay: (failures) => 500 * 2 ** failures,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}
