// Servers that were on the company's shelves before Rackline came: the hardware, and what an inventory would say of it.
import type { ManifestItem } from '../../shared/facts/server.ts';
import type { Company } from './kit/company.ts';

export interface ShelfServer extends ManifestItem {
  datacenter: string;
}

const perDatacenter = 3;
/** What the shelf's servers are built like. */
export const stockConfig = {
  cpu: '2x Intel Xeon Silver 4410Y',
  ram: '128GB DDR5',
  storage: '2x 1.92TB NVMe',
  network: '2x 25GbE',
};

/** The same servers in every lab. */
export const shelfOf = (company: Company): ShelfServer[] =>
  company.datacenters.flatMap(({ id }, place) =>
    Array.from({ length: perDatacenter }, (_, n): ShelfServer => {
      const number = place * perDatacenter + n + 1;
      const mac = (port: number) =>
        `3c:ec:ef:00:${number.toString(16).padStart(2, '0')}:${port.toString(16).padStart(2, '0')}`;
      return {
        datacenter: id,
        manufacturer: 'Supermicro',
        model: 'SYS-121H-TNR',
        serial: `S5${id.slice(3, 6).toUpperCase()}${String(number).padStart(4, '0')}`,
        bmcMac: mac(0),
        macs: [mac(1), mac(2)],
        config: stockConfig,
      };
    }),
  );
