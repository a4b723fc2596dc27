import { describe, expect, it } from '@jest/globals';
import { eventsIn, hintsOf } from '../../../../../shared/adapters/redfish/events.ts';
import { contractJson, describeContract } from '../../../../kit/contracts.ts';

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}
async function read(...texts: string[]): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of eventsIn(pieces(...texts))) events.push(event);
  return events;
}

describe('a stream of events', () => {
  it.each([
    ['one event', ['data: {"a":1}\n\n'], [{ a: 1 }]],
    [
      'with numbers, names and signs of life around it',
      [': hello\n\nid: 7\nevent: alert\ndata: {"a":1}\n\n: still here\n\n'],
      [{ a: 1 }],
    ],
    ['cut anywhere', ['da', 'ta: {"a"', ':1}', '\n', '\ndata:{"b":2}\n\n'], [{ a: 1 }, { b: 2 }]],
    ['over several lines', ['data: {\ndata:  "a": 1\ndata: }\n\n'], [{ a: 1 }]],
    [
      'with the line ends of other systems',
      ['data: {"a":1}\r\n\r\ndata: {"b":2}\r\rdata: {"c":3}\n\n'],
      [{ a: 1 }, { b: 2 }, { c: 3 }],
    ],
    ['cut between the halves of a line end', ['data: {"a":1}\r', '\n\r', '\ndata: {"b":2}\n\n'], [{ a: 1 }, { b: 2 }]],
    ['that is no JSON', ['data: hello\n\n'], [undefined]],
    ['that has not ended', ['data: {"a":1}\n'], []],
  ])('%s', async (_case, texts, events) => {
    expect(await read(...texts)).toEqual(events);
  });

  it('is given up when an event does not end', async () => {
    await expect(read(...Array.from({ length: 20 }, () => `data: ${'x'.repeat(100_000)}\n`))).rejects.toThrow(
      'does not end',
    );
    await expect(read(...Array.from({ length: 20 }, () => 'x'.repeat(100_000)))).rejects.toThrow('does not end');
  });
});

describe('hints', () => {
  it('say what, how bad and when, as far as the BMC does', () => {
    expect(
      hintsOf({
        Events: [
          {
            MessageId: 'IDRAC.2.8.PSU0003',
            Message: 'The power input is lost.',
            Severity: 'Critical',
            EventTimestamp: '2026-11-02T02:00:00-0600',
          },
        ],
      }),
    ).toEqual([
      {
        reason: 'event',
        text: 'The power input is lost.',
        severity: 'critical',
        at: '2026-11-02T08:00:00.000Z',
        code: 'PSU0003',
      },
    ]);
    expect(
      hintsOf({
        Events: [{ MessageId: 'ResourceEvent.1.0.ResourceChanged', EventTimestamp: '0000-00-00T00:00:00' }, {}],
      }),
    ).toEqual([
      { reason: 'event', text: 'ResourceEvent.1.0.ResourceChanged', severity: 'unknown', code: 'ResourceChanged' },
      { reason: 'event', text: 'an event without words', severity: 'unknown' },
    ]);
  });

  it.each([undefined, 'hello', { Events: 'many' }, { Events: [{ Message: 7 }] }])(
    'come from what nobody understands too: %j',
    (body) => {
      expect(hintsOf(body)).toEqual([{ reason: 'event', text: 'an event that could not be understood' }]);
    },
  );
});

describeContract("DMTF's examples of events", 'redfish/dmtf-examples', () => {
  it.each(['EventExample', 'EventExampleWithOrigin', 'EventExampleWithEventGroupId', 'EventExampleWithDiagnosticData'])(
    '%s is understood',
    (name) => {
      const hints = hintsOf(contractJson(`redfish/dmtf-examples/${name}.json`));
      expect(hints.length).toBeGreaterThan(0);
      expect(hints.filter(({ text }) => text.includes('not be understood'))).toEqual([]);
    },
  );
});
