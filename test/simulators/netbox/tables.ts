// What each of NetBox's tables holds, as its serializers and models say: fields, relations, choices, uniqueness.
import { z } from 'zod';

export interface Table {
  /** As content types name it: `dcim.device`. */
  type: string;
  /** How NetBox calls one in its complaints. */
  label: string;
  /** What may be written, besides relations, choices and custom fields. */
  fields: Readonly<Record<string, z.ZodType>>;
  required: readonly string[];
  /** Field → the table it points into. */
  relations?: Readonly<Record<string, string>>;
  choices?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  defaults?: Readonly<Record<string, unknown>>;
  unique?: readonly (readonly string[])[];
  /** Fields of the short form other objects show, beside id, url and display. */
  brief: readonly string[];
  /** Answered as they are: counts the lab does not keep. */
  constants?: Readonly<Record<string, unknown>>;
  /** Tables whose rows vanish with this one, by the field that points here. */
  cascades?: readonly (readonly [table: string, field: string])[];
}

const text = (length: number) => z.string().max(length, `Ensure this field has no more than ${length} characters.`);
const slug = text(100).regex(
  /^[-a-zA-Z0-9_]+$/,
  'Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.',
);
const integer = z.number('A valid integer is required.').int('A valid integer is required.');
const described = { description: text(200), comments: z.string() };
const named = { name: text(100), slug, ...described };
const counts = (...names: string[]) => Object.fromEntries(names.map((name) => [`${name}_count`, 0]));
const choice = (...values: string[]) =>
  Object.fromEntries(values.map((value) => [value, value.charAt(0).toUpperCase() + value.slice(1)]));
const cabled = { mark_connected: z.boolean(), label: text(64), description: text(200) };
const interfaceTypes = {
  ...choice('virtual', 'lag', 'other'),
  '1000base-t': '1000BASE-T (1GE)',
  '10gbase-t': '10GBASE-T (10GE)',
  '10gbase-x-sfpp': 'SFP+ (10GE)',
  '25gbase-x-sfp28': 'SFP28 (25GE)',
  '100gbase-x-qsfp28': 'QSFP28 (100GE)',
};
const powerPortTypes = { 'iec-60320-c14': 'C14', 'iec-60320-c20': 'C20' };
const cableTypes = choice('cat6', 'cat6a', 'dac-active', 'dac-passive', 'mmf', 'mmf-om4', 'smf', 'aoc', 'power');
const template = {
  fields: { name: text(64), label: text(64), description: text(200) },
  relations: { device_type: 'dcim/device-types' },
  unique: [['device_type', 'name']],
  brief: ['name'],
} as const;
const cabledView = { connected_endpoints: null, connected_endpoints_type: null, connected_endpoints_reachable: false };

export const tables: Readonly<Record<string, Table>> = {
  'dcim/regions': {
    type: 'dcim.region',
    label: 'region',
    fields: named,
    required: ['name', 'slug'],
    unique: [['slug']],
    brief: ['name', 'slug', '_depth'],
    constants: { ...counts('site', 'prefix'), _depth: 0 },
  },
  'dcim/sites': {
    type: 'dcim.site',
    label: 'site',
    fields: { ...named, facility: text(50), time_zone: z.string().nullable() },
    required: ['name', 'slug'],
    relations: { region: 'dcim/regions' },
    choices: { status: choice('planned', 'staging', 'active', 'decommissioning', 'retired') },
    defaults: { status: 'active' },
    unique: [['name'], ['slug']],
    brief: ['name', 'slug'],
  },
  'dcim/racks': {
    type: 'dcim.rack',
    label: 'rack',
    fields: { name: text(100), u_height: integer, starting_unit: integer, desc_units: z.boolean(), ...described },
    required: ['name', 'site'],
    relations: { site: 'dcim/sites' },
    choices: { status: choice('reserved', 'available', 'planned', 'active', 'deprecated') },
    defaults: { status: 'active', u_height: 42, starting_unit: 1, desc_units: false },
    unique: [['site', 'name']],
    brief: ['name'],
  },
  'dcim/manufacturers': {
    type: 'dcim.manufacturer',
    label: 'manufacturer',
    fields: named,
    required: ['name', 'slug'],
    unique: [['name'], ['slug']],
    brief: ['name', 'slug'],
  },
  'dcim/device-types': {
    type: 'dcim.devicetype',
    label: 'device type',
    fields: {
      model: text(100),
      slug,
      part_number: text(50),
      u_height: z.number(),
      is_full_depth: z.boolean(),
      exclude_from_utilization: z.boolean(),
      ...described,
    },
    required: ['manufacturer', 'model', 'slug'],
    relations: { manufacturer: 'dcim/manufacturers' },
    defaults: { u_height: 1, is_full_depth: true, exclude_from_utilization: false },
    unique: [
      ['manufacturer', 'model'],
      ['manufacturer', 'slug'],
    ],
    brief: ['manufacturer', 'model', 'slug'],
    cascades: [
      ['dcim/interface-templates', 'device_type'],
      ['dcim/power-port-templates', 'device_type'],
      ['dcim/module-bay-templates', 'device_type'],
      ['dcim/device-bay-templates', 'device_type'],
    ],
    constants: counts(
      'console_port_template',
      'console_server_port_template',
      'power_port_template',
      'power_outlet_template',
      'interface_template',
      'front_port_template',
      'rear_port_template',
      'device_bay_template',
      'module_bay_template',
      'inventory_item_template',
    ),
  },
  'dcim/interface-templates': {
    ...template,
    type: 'dcim.interfacetemplate',
    label: 'interface template',
    required: ['name', 'type'],
    fields: { ...template.fields, enabled: z.boolean(), mgmt_only: z.boolean() },
    choices: { type: interfaceTypes },
    defaults: { enabled: true, mgmt_only: false },
  },
  'dcim/power-port-templates': {
    ...template,
    type: 'dcim.powerporttemplate',
    label: 'power port template',
    required: ['name'],
    fields: { ...template.fields, allocated_draw: integer.min(1).nullable(), maximum_draw: integer.min(1).nullable() },
    choices: { type: powerPortTypes },
  },
  'dcim/module-bay-templates': {
    ...template,
    type: 'dcim.modulebaytemplate',
    label: 'module bay template',
    required: ['name'],
    fields: { ...template.fields, position: text(30) },
  },
  'dcim/device-bay-templates': {
    ...template,
    type: 'dcim.devicebaytemplate',
    label: 'device bay template',
    required: ['name'],
  },
  'dcim/device-roles': {
    type: 'dcim.devicerole',
    label: 'device role',
    fields: { ...named, color: text(6), vm_role: z.boolean() },
    required: ['name', 'slug'],
    defaults: { color: '9e9e9e', vm_role: true },
    unique: [['name'], ['slug']],
    brief: ['name', 'slug'],
  },
  'dcim/devices': {
    type: 'dcim.device',
    label: 'device',
    required: ['device_type', 'role', 'site'],
    fields: {
      name: text(64).nullable(),
      serial: text(50),
      asset_tag: text(50).nullable(),
      position: z.number().min(0.5).nullable(),
      ...described,
    },
    relations: {
      device_type: 'dcim/device-types',
      role: 'dcim/device-roles',
      site: 'dcim/sites',
      rack: 'dcim/racks',
      tenant: 'tenancy/tenants',
      oob_ip: 'ipam/ip-addresses',
    },
    choices: {
      status: choice('offline', 'active', 'planned', 'staged', 'failed', 'inventory', 'decommissioning'),
      face: choice('front', 'rear'),
    },
    defaults: { status: 'active', serial: '', asset_tag: null },
    unique: [['site', 'name'], ['asset_tag']],
    brief: ['name'],
    constants: counts(
      'console_port',
      'console_server_port',
      'power_port',
      'power_outlet',
      'interface',
      'front_port',
      'rear_port',
      'device_bay',
      'module_bay',
      'inventory_item',
    ),
    cascades: [
      ['dcim/interfaces', 'device'],
      ['dcim/power-ports', 'device'],
      ['dcim/power-outlets', 'device'],
    ],
  },
  'dcim/interfaces': {
    type: 'dcim.interface',
    label: 'interface',
    required: ['device', 'name', 'type'],
    fields: { name: text(64), enabled: z.boolean(), mgmt_only: z.boolean(), speed: integer.nullable(), ...cabled },
    relations: { device: 'dcim/devices', primary_mac_address: 'dcim/mac-addresses' },
    choices: { type: interfaceTypes },
    defaults: { enabled: true, mgmt_only: false, mark_connected: false },
    unique: [['device', 'name']],
    brief: ['device', 'name', 'cable', '_occupied'],
    constants: { ...cabledView, count_ipaddresses: 0, count_fhrp_groups: 0 },
  },
  'dcim/power-ports': {
    type: 'dcim.powerport',
    label: 'power port',
    required: ['device', 'name'],
    fields: {
      name: text(64),
      allocated_draw: integer.min(1).nullable(),
      maximum_draw: integer.min(1).nullable(),
      ...cabled,
    },
    relations: { device: 'dcim/devices' },
    choices: { type: powerPortTypes },
    defaults: { mark_connected: false, allocated_draw: null, maximum_draw: null },
    unique: [['device', 'name']],
    brief: ['device', 'name', 'cable', '_occupied'],
    constants: cabledView,
  },
  'dcim/power-outlets': {
    type: 'dcim.poweroutlet',
    label: 'power outlet',
    required: ['device', 'name'],
    fields: { name: text(64), ...cabled },
    relations: { device: 'dcim/devices' },
    choices: { type: { 'iec-60320-c13': 'C13', 'iec-60320-c19': 'C19' } },
    defaults: { mark_connected: false },
    unique: [['device', 'name']],
    brief: ['device', 'name', 'cable', '_occupied'],
    constants: cabledView,
  },
  'dcim/power-panels': {
    type: 'dcim.powerpanel',
    label: 'power panel',
    required: ['site', 'name'],
    fields: { name: text(100), ...described },
    relations: { site: 'dcim/sites' },
    unique: [['site', 'name']],
    brief: ['name'],
  },
  'dcim/power-feeds': {
    type: 'dcim.powerfeed',
    label: 'power feed',
    required: ['power_panel', 'name'],
    fields: { name: text(100), voltage: integer, amperage: integer, max_utilization: integer, ...cabled },
    relations: { power_panel: 'dcim/power-panels', rack: 'dcim/racks' },
    choices: {
      status: choice('offline', 'active', 'planned', 'failed'),
      type: choice('primary', 'redundant'),
      supply: { ac: 'AC', dc: 'DC' },
      phase: { 'single-phase': 'Single phase', 'three-phase': 'Three-phase' },
    },
    defaults: {
      status: 'active',
      type: 'primary',
      supply: 'ac',
      phase: 'single-phase',
      voltage: 230,
      amperage: 32,
      max_utilization: 80,
      mark_connected: false,
    },
    unique: [['power_panel', 'name']],
    brief: ['name', 'cable', '_occupied'],
    constants: cabledView,
  },
  'dcim/mac-addresses': {
    type: 'dcim.macaddress',
    label: 'MAC address',
    required: ['mac_address'],
    fields: {
      mac_address: z.string().regex(/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/i, 'Invalid MAC address format'),
      assigned_object_type: z.literal('dcim.interface').nullable(),
      assigned_object_id: integer.nullable(),
      ...described,
    },
    brief: ['mac_address'],
  },
  'dcim/cables': {
    type: 'dcim.cable',
    label: 'cable',
    required: [],
    fields: {
      label: text(100),
      type: z.enum(Object.keys(cableTypes) as [string, ...string[]]).or(z.literal('')),
      a_terminations: z.array(z.object({ object_type: z.string(), object_id: integer })),
      b_terminations: z.array(z.object({ object_type: z.string(), object_id: integer })),
      ...described,
    },
    choices: { status: choice('connected', 'planned', 'decommissioning') },
    defaults: { status: 'connected', label: '', type: '' },
    brief: ['label'],
  },
  'ipam/roles': {
    type: 'ipam.role',
    label: 'role',
    fields: named,
    required: ['name', 'slug'],
    unique: [['name'], ['slug']],
    brief: ['name', 'slug'],
  },
  'ipam/prefixes': {
    type: 'ipam.prefix',
    label: 'prefix',
    required: ['prefix'],
    fields: {
      prefix: z.string(),
      scope_type: z.string().nullable(),
      scope_id: integer.nullable(),
      is_pool: z.boolean(),
      ...described,
    },
    relations: { role: 'ipam/roles' },
    choices: { status: choice('container', 'active', 'reserved', 'deprecated') },
    defaults: { status: 'active', is_pool: false },
    brief: ['prefix'],
    constants: { family: { value: 4, label: 'IPv4' }, children: 0, _depth: 0 },
  },
  'ipam/ip-addresses': {
    type: 'ipam.ipaddress',
    label: 'IP address',
    required: ['address'],
    fields: {
      address: z.string().regex(/^[0-9a-f.:]+\/\d+$/i, 'Enter a valid IPv4 or IPv6 address (with CIDR mask).'),
      assigned_object_type: z.literal('dcim.interface').nullable(),
      assigned_object_id: integer.nullable(),
      ...described,
    },
    choices: {
      status: { active: 'Active', reserved: 'Reserved', deprecated: 'Deprecated', dhcp: 'DHCP', slaac: 'SLAAC' },
    },
    defaults: { status: 'active' },
    brief: ['address', 'family'],
    constants: { family: { value: 4, label: 'IPv4' }, nat_outside: [] },
  },
  'tenancy/tenants': {
    type: 'tenancy.tenant',
    label: 'tenant',
    fields: named,
    required: ['name', 'slug'],
    unique: [['name'], ['slug']],
    brief: ['name', 'slug'],
  },
  'extras/custom-fields': {
    type: 'extras.customfield',
    label: 'custom field',
    required: ['name', 'object_types'],
    fields: {
      name: text(50).regex(/^[a-z0-9_]+$/, 'Only alphanumeric characters and underscores are allowed.'),
      object_types: z.array(z.string()).min(1),
      label: text(50),
      group_name: text(50),
      unique: z.boolean(),
      required: z.boolean(),
      ...described,
    },
    choices: {
      type: {
        text: 'Text',
        longtext: 'Text (long)',
        integer: 'Integer',
        boolean: 'Boolean (true/false)',
        json: 'JSON',
      },
      filter_logic: choice('disabled', 'loose', 'exact'),
      ui_editable: choice('yes', 'no', 'hidden'),
      ui_visible: { always: 'Always', 'if-set': 'If set', hidden: 'Hidden' },
    },
    defaults: {
      type: 'text',
      filter_logic: 'loose',
      ui_editable: 'yes',
      ui_visible: 'always',
      unique: false,
      required: false,
    },
    unique: [['name']],
    brief: ['name'],
    constants: { data_type: 'string' },
  },
  'extras/journal-entries': {
    type: 'extras.journalentry',
    label: 'journal entry',
    required: ['assigned_object_type', 'assigned_object_id', 'comments'],
    fields: { assigned_object_type: z.string(), assigned_object_id: integer, comments: z.string().min(1) },
    choices: { kind: choice('info', 'success', 'warning', 'danger') },
    defaults: { kind: 'info' },
    brief: [],
  },
};

export const tableOfType = new Map(Object.entries(tables).map(([path, { type }]) => [type, path]));
