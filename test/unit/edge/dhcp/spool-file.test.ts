import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leaseKey } from '../../../../edge/dhcp/lease.ts';
import { readSpoolFile } from '../../../../edge/dhcp/spool-file.ts';
import { AppError } from '../../../../shared/kernel/errors/app-error.ts';

const file = (...lines: string[]) => `rackline-lease 1\n${lines.join('\n')}\n\n`;

describe('a spooled lease', () => {
  it('is read as Kea’s script leaves it', () => {
    expect(
      readSpoolFile(file('mac=02:00:00:00:00:aa', 'address=10.99.0.10', 'at=1795361466', 'hostname=bmc-aa'), 0),
    ).toEqual({ mac: '02:00:00:00:00:aa', address: '10.99.0.10', hostname: 'bmc-aa', at: '2026-11-22T15:31:06.000Z' });
  });

  it('is read as dhcpd’s script leaves it: short MAC, circuit in bytes, no time but the file’s', () => {
    expect(
      readSpoolFile(
        file('mac=2:0:0:0:0:bb', 'address=10.99.0.11', 'circuit=45:74:68:31', 'hostname=', 'vendor-class=iDRAC'),
        1795361466500,
      ),
    ).toEqual({
      mac: '02:00:00:00:00:bb',
      address: '10.99.0.11',
      circuitId: 'Eth1',
      vendorClass: 'iDRAC',
      at: '2026-11-22T15:31:06.500Z',
    });
  });

  it('keeps equal signs in what a client chose', () => {
    expect(readSpoolFile(file('mac=02:00:00:00:00:aa', 'address=10.99.0.10', 'hostname=a=b'), 0).hostname).toBe('a=b');
  });

  it.each([
    ['another format', 'lease\nmac=02:00:00:00:00:aa\naddress=10.0.0.1\n\n'],
    ['no MAC', file('address=10.0.0.1')],
    ['no address', file('mac=02:00:00:00:00:aa')],
    ['an address that is none', file('mac=02:00:00:00:00:aa', 'address=10.0.0.999')],
    ['no address yet', file('mac=02:00:00:00:00:aa', 'address=0.0.0.0')],
    ['a MAC said twice', file('mac=02:00:00:00:00:aa', 'address=10.0.0.1', 'hostname=x', 'mac=02:00:00:00:00:bb')],
    ['a line that says nothing', file('mac=02:00:00:00:00:aa', 'address=10.0.0.1', 'hello')],
    ['a circuit that is no bytes', file('mac=02:00:00:00:00:aa', 'address=10.0.0.1', 'circuit=Eth1')],
    ['a time that is none', file('mac=02:00:00:00:00:aa', 'address=10.0.0.1', 'at=now')],
  ])('is refused with %s', (_name, text) => {
    expect(() => readSpoolFile(text, 0)).toThrow(AppError);
  });

  it('is read or refused, whatever the file says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('mac=02:00:00:00:00:aa', 'address=10.0.0.1', 'at=99999999999'))),
        (lines) => {
          try {
            readSpoolFile(file(...lines), 0);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
        },
      ),
    );
  });

  it('has one key whether hook or catch-up tells of it', () => {
    const lease = { mac: '02:00:00:00:00:aa', address: '10.0.0.1', at: '2026-11-22T15:31:06.000Z' };
    expect(leaseKey({ ...lease, at: '2026-11-22T15:31:06.900Z', hostname: 'x' })).toBe(leaseKey(lease));
    expect(leaseKey({ ...lease, at: '2026-11-22T15:31:07.000Z' })).not.toBe(leaseKey(lease));
  });
});
