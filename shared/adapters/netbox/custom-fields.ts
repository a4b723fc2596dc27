import { findOrCreate } from '../../kernel/http-client/find-or-create.ts';
import { CustomField } from './contract.ts';
import type { Netbox } from './rest.ts';

/**
 * What NetBox has no field for. `rackline_id` is how everything of ours is found again; NetBox itself keeps it unique.
 */
export const fields = {
  id: 'rackline_id',
  /** `created` by us, or `adopted`: somebody's record we only wrote our id into. */
  origin: 'rackline_origin',
  state: 'lifecycle_state',
  condition: 'lifecycle_condition',
  facts: 'hardware_facts',
} as const;

const wanted = [
  {
    name: fields.id,
    label: 'Rackline id',
    type: 'text',
    object_types: ['dcim.device', 'ipam.ipaddress'],
    unique: true,
  },
  { name: fields.origin, label: 'Rackline origin', type: 'text', object_types: ['dcim.device'], unique: false },
  { name: fields.state, label: 'Lifecycle state', type: 'text', object_types: ['dcim.device'], unique: false },
  { name: fields.condition, label: 'Lifecycle condition', type: 'text', object_types: ['dcim.device'], unique: false },
  { name: fields.facts, label: 'Hardware facts', type: 'json', object_types: ['dcim.device'], unique: false },
];

/**
 * Makes sure the fields exist; once they do, it costs nothing. `filter_logic: exact` is what makes `cf_…=` filters
 * exact.
 */
export function preparingFields(): (netbox: Netbox) => Promise<void> {
  let ready: Promise<void> | undefined;
  return (netbox) =>
    (ready ??= ensureFields(netbox).catch((error: unknown) => {
      ready = undefined;
      throw error;
    }));
}

async function ensureFields(netbox: Netbox): Promise<void> {
  for (const field of wanted) {
    const find = async () =>
      (await netbox.list('extras/custom-fields', CustomField, { name: field.name })).find(
        ({ name }) => name === field.name,
      );
    const found = await findOrCreate(find, () =>
      netbox.create('extras/custom-fields', CustomField, {
        ...field,
        group_name: 'Rackline',
        filter_logic: 'exact',
        ui_editable: 'no',
      }),
    );
    const missing = field.object_types.filter((type) => !found.object_types.includes(type));
    if (missing.length > 0)
      await netbox.update('extras/custom-fields', found.id, { object_types: [...found.object_types, ...missing] });
  }
}
