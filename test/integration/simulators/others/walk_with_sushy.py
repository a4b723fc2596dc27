"""OpenStack's sushy against one simulated BMC: what Ironic does with a server, and what it can read.

Arguments: address, user, password, where events may be posted to. Says in one line of JSON what it saw.
"""
import json
import sys
import time

import sushy
from sushy import auth

address, user, password, receiver = sys.argv[1:5]
root = sushy.Sushy(address, auth=auth.SessionAuth(user, password))
seen = {}


def see(what, look):
    """What sushy finds missing is seen as null."""
    try:
        seen[what] = look()
    except (sushy.exceptions.MissingAttributeError, sushy.exceptions.MissingActionError, AttributeError):
        seen[what] = None


system = root.get_system(root.get_system_collection().members_identities[0])
manager = root.get_manager(root.get_manager_collection().members_identities[0])
chassis = root.get_chassis(root.get_chassis_collection().members_identities[0])
see('system', lambda: f'{system.manufacturer} {system.serial_number}')
see('manager', lambda: f'{manager.model} {manager.firmware_version}')
see('cores', lambda: sum(cpu.total_cores for cpu in system.processors.get_members()))
see('memory', lambda: system.memory_summary.size_gib)
see('nics', lambda: len(system.ethernet_interfaces.get_members()))
see('drives', lambda: len([drive for storage in system.storage.get_members() for drive in storage.drives]))
see('firmware', lambda: len(root.get_update_service().firmware_inventory.get_members()))
see('volts', lambda: chassis.power.power_supplies[0].line_input_voltage)
see('fans', lambda: len(chassis.thermal.fans))
see('temperatures', lambda: len(chassis.thermal.temperatures))
see('bios', lambda: system.bios.attributes.get('BootMode'))
see('sessions', lambda: len(root.get_session_service().sessions.get_members()))


def wait(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError('waited in vain')


def subscribe():
    subscriptions = root.get_event_service().subscriptions
    made = subscriptions.create({'Destination': receiver, 'Protocol': 'Redfish', 'Context': 'sushy', 'EventTypes': ['Alert']})
    subscriptions.refresh(force=True)
    count = len(subscriptions.get_members())
    made.delete()
    return count


see('subscribed', subscribe)


def set_bios():
    system.bios.set_attribute('LogicalProc', 'Disabled')
    system.bios.refresh(force=True)
    return system.bios.pending_attributes.get('LogicalProc')


see('pending bios', set_bios)


def boot():
    system.set_system_boot_options(target=sushy.BootSource.PXE, enabled=sushy.BootSourceOverrideEnabled.ONCE, mode=sushy.BootSourceOverrideMode.UEFI)
    system.refresh(force=True)
    assert system.boot.target == sushy.BootSource.PXE, system.boot.target
    system.reset_system(sushy.ResetType.ON)

    def has_booted():
        system.refresh(force=True)
        return system.power_state == sushy.PowerState.ON and system.boot.enabled == sushy.BootSourceOverrideEnabled.DISABLED
    wait(has_booted)
    return 'from the network, once'


see('booted', boot)
system.reset_system(sushy.ResetType.FORCE_OFF)


def update():
    try:
        root.get_update_service().simple_update('http://images/bmc-9.9.9.bin')
        return 'followed by its task'
    except sushy.exceptions.ResourceNotFoundError:
        return 'its task is not there yet'
    except sushy.exceptions.MissingHeaderError:
        return 'it names no task'


see('update', update)
root._auth.close()
print(json.dumps(seen))
