import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { createKeys } from '../../api/idempotency.ts';
import { announce } from '../announcer.tsx';

/**
 * Something a person asks for: once per content however often the button is hit, and everything shown is read
 * again when it was done. `said` is announced then.
 */
export function useAct<I, O>(
  act: (input: I, key: string) => Promise<O>,
  { onDone, said }: { onDone?: (output: O, input: I) => void; said?: (output: O, input: I) => string } = {},
) {
  const queries = useQueryClient();
  const [keyFor] = useState(createKeys);
  const inFlight = useRef(false);
  const mutation = useMutation({
    mutationFn: (input: I) => act(input, keyFor(input)),
    onSuccess: async (output, input) => {
      if (said) announce(said(output, input));
      onDone?.(output, input);
      await queries.invalidateQueries();
    },
    onSettled: () => {
      inFlight.current = false;
    },
  });
  return {
    isBusy: mutation.isPending,
    error: mutation.error,
    output: mutation.data,
    forget: mutation.reset,
    run: (input: I): void => {
      if (inFlight.current) return;
      inFlight.current = true;
      mutation.mutate(input);
    },
  };
}
