import { existsSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { recordedData, understandHosts } from '../../../../bench/real-input.ts';
import { describeContract } from '../../../../kit/contracts.ts';

const results = existsSync(recordedData) ? understandHosts() : [];
const of = (source: string) => results.filter((each) => each.source === source);

describeContract('recorded tool outputs', 'host-inventory', () => {
  it('are all understood', () => {
    expect(results.filter((each) => each.problem !== undefined)).toEqual([]);
    expect([of('dmidecode').length, of('lshw').length, of('lldp').length]).toEqual([12, 7, 10]);
  });

  it.each(of('dmidecode'))('give identity, processors, memory and BIOS: dmidecode of $sample', ({ facts }) => {
    expect(facts?.identity).toMatchObject({
      manufacturer: expect.any(String),
      model: expect.any(String),
      serial: expect.any(String),
      uuid: expect.any(String),
    });
    expect(facts?.processors?.every((each) => each.model && each.cores && each.threads)).toBe(true);
    expect(facts?.memory?.modules.every((each) => each.partNumber && each.speedMtps)).toBe(true);
    expect(facts?.firmware).toHaveLength(1);
  });

  it.each(of('lshw'))('give memory: lshw of $sample', ({ facts }) => {
    expect(facts?.memory?.totalMiB).toBeGreaterThan(1024);
  });

  it.each(of('lldp').filter(({ sample }) => sample !== '223.txt'))(
    'give a switch and its port: LLDP of $sample',
    ({ facts }) => {
      for (const neighbour of facts?.neighbours ?? [])
        expect(neighbour).toMatchObject({
          chassisId: expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
          portId: expect.any(String),
        });
      expect(facts?.neighbours?.length).toBeGreaterThan(0);
    },
  );
});
