"""OpenStack's sushy against one simulated BMC: what Ironic does with a server. Arguments: address, user, password."""
import sys
import time

import sushy
from sushy import auth

address, user, password = sys.argv[1:4]
root = sushy.Sushy(address, auth=auth.SessionAuth(user, password))
said = []


def tell(what, value):
    said.append(f'{what}={value}')


system = root.get_system(root.get_system_collection().members_identities[0])
manager = root.get_manager(root.get_manager_collection().members_identities[0])
tell('system', f'{system.manufacturer} {system.name} {system.serial_number}')
tell('manager', f'{manager.model} {manager.firmware_version}')
tell('cpus', sum(cpu.total_cores for cpu in system.processors.get_members()))
tell('memory', f'{system.memory_summary.size_gib} GiB')
try:
    tell('nics', len(system.ethernet_interfaces.get_members()))
except sushy.exceptions.MissingAttributeError:
    tell('nics', 'not listed')
drives = [drive for storage in system.storage.get_members() for drive in storage.drives]
tell('drives', f'{len(drives)} x {drives[0].capacity_bytes}')
try:
    tell('firmware', len(root.get_update_service().firmware_inventory.get_members()))
except sushy.exceptions.MissingAttributeError:
    tell('firmware', 'not listed')

system.set_system_boot_options(target=sushy.BootSource.PXE, enabled=sushy.BootSourceOverrideEnabled.ONCE, mode=sushy.BootSourceOverrideMode.UEFI)
system.refresh()
assert system.boot.target == sushy.BootSource.PXE, system.boot.target
system.reset_system(sushy.ResetType.ON)
for _ in range(100):
    system.refresh(force=True)
    if system.power_state == sushy.PowerState.ON and system.boot.enabled == sushy.BootSourceOverrideEnabled.DISABLED:
        break
    time.sleep(0.05)
assert system.power_state == sushy.PowerState.ON, system.power_state
assert system.boot.enabled == sushy.BootSourceOverrideEnabled.DISABLED, system.boot.enabled
tell('booted', 'from the network, once')
system.reset_system(sushy.ResetType.FORCE_OFF)
root._auth.close()
print('; '.join(said))
