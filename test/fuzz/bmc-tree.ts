const link = (path: string) => ({ '@odata.id': `/redfish/v1${path}` });
const collection = (type: string, ...paths: string[]) => ({ '@odata.type': `#${type}Collection.${type}Collection`, 'Members': paths.map(link) });
const ok = { State: 'Enabled', Health: 'OK' };

/** A small BMC with one of everything that is read: for machines that have no recordings beside the checkout. */
export const builtTree: Readonly<Record<string, unknown>> = {
  '/redfish/v1/': {
    '@odata.type': '#ServiceRoot.v1_15_0.ServiceRoot', 'RedfishVersion': '1.15.0', 'Vendor': 'Contoso', 'Systems': link('/Systems'), 'Managers': link('/Managers'), 'Chassis': link('/Chassis'),
    'UpdateService': link('/UpdateService'), 'AccountService': link('/AccountService'), 'Links': { Sessions: link('/SessionService/Sessions') }, 'ProtocolFeaturesSupported': { ExpandQuery: { NoLinks: true } },
  },
  '/redfish/v1/Systems': collection('ComputerSystem', '/Systems/1'),
  '/redfish/v1/Systems/1': {
    '@odata.type': '#ComputerSystem.v1_20_0.ComputerSystem', 'Manufacturer': 'Contoso', 'Model': '3500', 'SerialNumber': 'ABC1234', 'SKU': 'S1', 'UUID': '44454C4C-4200-1043-8031-B4C04F4A4432', 'PowerState': 'On', 'BiosVersion': '1.8.2', 'Status': { ...ok, HealthRollup: 'OK' },
    'Boot': { 'BootSourceOverrideEnabled': 'Disabled', 'BootSourceOverrideTarget': 'None', 'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe'] },
    'MemorySummary': { TotalSystemMemoryGiB: 64 }, 'Processors': link('/Systems/1/Processors'), 'Memory': link('/Systems/1/Memory'), 'Storage': link('/Systems/1/Storage'), 'SimpleStorage': link('/Systems/1/SimpleStorage'), 'EthernetInterfaces': link('/Systems/1/EthernetInterfaces'),
    'Links': { Chassis: [link('/Chassis/1')], ManagedBy: [link('/Managers/1')] }, 'Actions': { '#ComputerSystem.Reset': { 'target': '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset', 'ResetType@Redfish.AllowableValues': ['On', 'ForceOff'] } },
  },
  '/redfish/v1/Systems/1/Processors': collection('Processor', '/Systems/1/Processors/1'),
  '/redfish/v1/Systems/1/Processors/1': { '@odata.type': '#Processor.v1_15_0.Processor', 'Id': '1', 'Socket': 'CPU 1', 'Model': 'Xeon Gold 6530', 'ProcessorType': 'CPU', 'TotalCores': 32, 'TotalThreads': 64, 'Status': ok },
  '/redfish/v1/Systems/1/Memory': collection('Memory', '/Systems/1/Memory/1'),
  '/redfish/v1/Systems/1/Memory/1': { '@odata.type': '#Memory.v1_16_0.Memory', 'Id': '1', 'Name': 'DIMM A1', 'DeviceLocator': 'A1', 'CapacityMiB': 65536, 'Manufacturer': 'Contoso', 'PartNumber': 'P1', 'SerialNumber': 'M1', 'OperatingSpeedMhz': 4800, 'Status': ok },
  '/redfish/v1/Systems/1/Storage': collection('Storage', '/Systems/1/Storage/1'),
  '/redfish/v1/Systems/1/Storage/1': { '@odata.type': '#Storage.v1_15_0.Storage', 'Drives': [link('/Systems/1/Storage/1/Drives/1')] },
  '/redfish/v1/Systems/1/Storage/1/Drives/1': { '@odata.id': '/redfish/v1/Systems/1/Storage/1/Drives/1', '@odata.type': '#Drive.v1_17_0.Drive', 'Id': '1', 'Name': 'Bay 1', 'Model': 'CM7', 'SerialNumber': 'S1', 'CapacityBytes': 3840755982336, 'MediaType': 'SSD', 'Protocol': 'NVMe', 'Status': ok, 'PhysicalLocation': { PartLocation: { ServiceLabel: 'Bay 1' } } },
  '/redfish/v1/Systems/1/SimpleStorage': collection('SimpleStorage', '/Systems/1/SimpleStorage/1'),
  '/redfish/v1/Systems/1/SimpleStorage/1': { '@odata.type': '#SimpleStorage.v1_3_0.SimpleStorage', 'Devices': [{ Name: 'SATA 0', Model: 'PM893', CapacityBytes: 480103981056, Status: ok }] },
  '/redfish/v1/Systems/1/EthernetInterfaces': collection('EthernetInterface', '/Systems/1/EthernetInterfaces/1'),
  '/redfish/v1/Systems/1/EthernetInterfaces/1': { '@odata.type': '#EthernetInterface.v1_9_0.EthernetInterface', 'Id': 'NIC.1', 'Name': 'System Ethernet Interface', 'MACAddress': 'B4:45:06:00:00:01', 'SpeedMbps': 25000, 'LinkStatus': 'LinkUp', 'Status': ok },
  '/redfish/v1/Managers': collection('Manager', '/Managers/1'),
  '/redfish/v1/Managers/1': { '@odata.type': '#Manager.v1_18_0.Manager', 'Model': 'BMC', 'FirmwareVersion': '1.45' },
  '/redfish/v1/Chassis': collection('Chassis', '/Chassis/1'),
  '/redfish/v1/Chassis/1': { '@odata.type': '#Chassis.v1_22_0.Chassis', 'SerialNumber': 'C1', 'Power': link('/Chassis/1/Power'), 'Thermal': link('/Chassis/1/Thermal') },
  '/redfish/v1/Chassis/1/Power': { '@odata.type': '#Power.v1_7_0.Power', 'PowerControl': [{ PowerConsumedWatts: 344 }] },
  '/redfish/v1/Chassis/1/Thermal': { '@odata.type': '#Thermal.v1_7_0.Thermal', 'Temperatures': [{ Name: 'Inlet', PhysicalContext: 'Intake', ReadingCelsius: 22, Status: ok }] },
  '/redfish/v1/UpdateService': { '@odata.type': '#UpdateService.v1_13_0.UpdateService', 'FirmwareInventory': link('/UpdateService/FirmwareInventory') },
  '/redfish/v1/UpdateService/FirmwareInventory': collection('SoftwareInventory', '/UpdateService/FirmwareInventory/1'),
  '/redfish/v1/UpdateService/FirmwareInventory/1': { '@odata.type': '#SoftwareInventory.v1_8_0.SoftwareInventory', 'Id': 'Installed-159-1.8.2', 'Name': 'BIOS', 'Version': '1.8.2', 'Updateable': true, 'Status': ok },
  '/redfish/v1/AccountService/Accounts/1': { '@odata.id': '/redfish/v1/AccountService/Accounts/1', '@odata.type': '#ManagerAccount.v1_11_0.ManagerAccount', 'Id': '1', 'UserName': 'admin', 'RoleId': 'Administrator', 'Enabled': true },
  '/redfish/v1/TaskService/Tasks/1': { '@odata.type': '#Task.v1_7_0.Task', 'TaskState': 'Running', 'TaskStatus': 'OK', 'PercentComplete': 40, 'Messages': [{ Message: 'going on', MessageId: 'Base.1.0.Success' }] },
  '/refused': { error: { 'code': 'Base.1.18.GeneralError', 'message': 'see the extended information', '@Message.ExtendedInfo': [{ MessageId: 'Base.1.18.ResourceInUse', Message: 'The resource is in use.', Resolution: 'Wait.' }] } },
};
