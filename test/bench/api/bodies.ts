// How long one request keeps all others waiting, whatever it carries: bodies that nobody sends who means well, to
// every endpoint that takes one, from those who may ask it.
import { readFileSync } from 'node:fs';
import { Agent, fetch } from 'undici';
import { z } from 'zod';
import type { LocalPlatform } from '../../../infra/local/platform.ts';
import { contracts } from '../../../shared/access/contracts.ts';
import { AgentIdentity } from '../../../shared/domain/edge/agents.api.ts';
import { mostBodyBytes } from '../../../shared/http/body.ts';
import { makeKey, makeRequest } from '../../../shared/kernel/certificate-request.ts';
import { bodyShapes, bodyTargets } from '../../kit/body-shapes.ts';
import { PlatformClient } from '../../simulators/people/platform-client.ts';
import type { Benchmark } from '../kit/benchmark.ts';
import type { Closing } from '../kit/closing.ts';
import { startPlatform } from '../kit/platform.ts';
import { sampleOf } from '../kit/statistics.ts';

const rounds = 3;

/** How one of those who may ask does so. */
interface Way {
  origin: string;
  headers: Readonly<Record<string, string>>;
  over?: Agent;
}

export const bodiesBenchmark: Benchmark = {
  name: 'bodies',
  about:
    `the longest that the event loop stands still for one of ${bodyShapes.length} bodies to each endpoint ` +
    'that takes one',
  run: async (closing, say) => {
    const platform = await startPlatform(closing, { LAB_AUTOPILOT: 'off', LAB_SPEED: '1' });
    const wayOf = await waysOf(platform, closing);
    /** In milliseconds since it was asked last, as `monitorEventLoopDelay` in the platform's process measured it. */
    const delay = async () =>
      Number(
        /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await (await fetch(`${platform.url}/metrics`)).text())?.[1],
      ) * 1000;

    const groups = [
      ['anybody', null],
      ['a person', 'ops'],
      ['an agent', 'edge'],
    ] as const;
    const worst = new Map<string, number[]>(groups.map(([name]) => [name, []]));
    const idle: number[] = [];
    const cells: { endpoint: string; shape: string; milliseconds: number }[] = [];
    const problems = new Set<string>();
    for (let round = 0; round <= rounds; round += 1) {
      say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
      const seen = new Map<string, number>();
      let quiet = 0;
      for (const endpoint of contracts.filter(({ body }) => body)) {
        const target = bodyTargets[endpoint.name];
        if (!target) throw new Error(`There is no line for ${endpoint.name}.`);
        const { origin, headers, over } = await wayOf(target.as);
        const group = target.as === null ? 'anybody' : target.as.startsWith('edge:') ? 'an agent' : 'a person';
        for (const { name, make } of bodyShapes) {
          const body = make(mostBodyBytes(endpoint), target.valid);
          await delay();
          const answer = await fetch(`${origin}/api${target.path}`, {
            method: endpoint.route.split(' ')[0] ?? '',
            headers,
            body,
            ...(over && { dispatcher: over }),
          });
          await answer.text();
          const milliseconds = await delay();
          quiet = Math.max(quiet, await delay());
          if (answer.status >= 500) problems.add(`${endpoint.name} answers ${answer.status} to ${name}`);
          if (round > 0) cells.push({ endpoint: endpoint.name, shape: name, milliseconds });
          seen.set(group, Math.max(seen.get(group) ?? 0, milliseconds));
        }
      }
      if (round === 0) continue;
      idle.push(quiet);
      for (const [group, milliseconds] of seen) worst.get(group)?.push(milliseconds);
    }
    return {
      figures: groups.map(([group]) => ({
        what: `worst delay by ${group}`,
        unit: 'ms',
        ours: sampleOf(worst.get(group) ?? []),
        beside: { 'nothing asked': sampleOf(idle) },
        target: '< 100 ms',
      })),
      notes: [
        'Measured every 10 ms in the serving process, which does its timers meanwhile; 10 ms is no delay at all.',
        'The worst of each round of all bodies, each as large as its endpoint takes.',
      ],
      details: cells
        .toSorted((a, b) => b.milliseconds - a.milliseconds)
        .slice(0, 20)
        .map(
          ({ endpoint, shape, milliseconds }) =>
            `  ${milliseconds.toFixed(1).padStart(8)} ms  ${endpoint.padEnd(20)} ${shape}`,
        )
        .join('\n'),
      problems: [...problems],
    };
  },
};

async function waysOf(platform: LocalPlatform, closing: Closing): Promise<(as: string | null) => Promise<Way>> {
  const {
    EDGE_ENROLMENT_CODE: code,
    EDGE_PLATFORM_URL,
    EDGE_PLATFORM_CA,
  } = z
    .object({ EDGE_ENROLMENT_CODE: z.string(), EDGE_PLATFORM_URL: z.url(), EDGE_PLATFORM_CA: z.string() })
    .parse(await platform.agentEnvironment('dc-nyc-01'));
  const key = makeKey();
  const headers = { 'content-type': 'application/json' };
  const letIn = await fetch(`${platform.url}/api/v1/edge/enrol`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ code, csr: makeRequest(key), version: '0.0.0-bench' }),
  });
  const { certificate, chain } = AgentIdentity.parse(await letIn.json());
  const over = new Agent({ connect: { ca: readFileSync(EDGE_PLATFORM_CA, 'utf8'), cert: certificate + chain, key } });
  closing.add(() => over.destroy());
  const people = new Map<string, PlatformClient>();
  return async (as) => {
    if (as === null) return { origin: platform.url, headers };
    if (as.startsWith('edge:')) return { origin: EDGE_PLATFORM_URL, headers, over };
    const person = people.get(as) ?? new PlatformClient({ url: platform.url, issuer: platform.issuer, signIn: as });
    people.set(as, person);
    return { origin: platform.url, headers: { ...headers, authorization: `Bearer ${await person.token()}` } };
  };
}
