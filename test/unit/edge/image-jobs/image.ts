/** The body the validation image would post, of these outputs. */
export const posted = (outputs: Record<string, string | object>, bootMac = '52:54:00:aa:00:01'): unknown => ({
  format: 'rackline.inventory/1',
  bootMac,
  outputs: Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [
      name,
      Buffer.from(typeof output === 'string' ? output : JSON.stringify(output)).toString('base64'),
    ]),
  ),
});

export const dmidecode = `# dmidecode 3.4

Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: Dell Inc.
\tProduct Name: PowerEdge R760
\tSerial Number: ABC1234

Handle 0x0400, DMI type 4, 48 bytes
Processor Information
\tSocket Designation: CPU1
\tType: Central Processor
\tVersion: Intel Xeon Gold 6530
\tStatus: Populated, Enabled
\tCore Count: 32

Handle 0x1100, DMI type 17, 84 bytes
Memory Device
\tSize: 32 GB
\tLocator: A1
\tSerial Number: M1
`;

export const ethtool = (mac: string, speed = '25000Mb/s', link = 'yes') => `Settings for eno1:
\tSpeed: ${speed}
\tLink detected: ${link}
driver: ice
firmware-version: 4.40 0x8001c967
bus-info: 0000:31:00.0
Permanent address: ${mac}
`;

export const smartctl = (serial: string, health = 'PASSED') => `Device Model:     SAMSUNG MZ7LH480HAHQ-00005
Serial Number:    ${serial}
Firmware Version: HXT7904Q
User Capacity:    480,103,981,056 bytes [480 GB]
Rotation Rate:    Solid State Device
SMART overall-health self-assessment test result: ${health}
`;
