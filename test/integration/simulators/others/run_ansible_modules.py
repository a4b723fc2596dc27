"""Runs Ansible modules one after the other in this process, as Ansible would each in its own.

Reads a line of JSON per call from standard input, {"module": "community.general.redfish_info", "args": {...}}, and
answers with a line of JSON: what the module hands back.
"""
import importlib
import json
import sys
import warnings

from ansible.module_utils import basic
from ansible.module_utils.common.text.converters import to_bytes

warnings.filterwarnings('ignore')
answers = sys.stdout
sys.stdout = sys.stderr


class Ended(BaseException):
    """A module says how it ended and leaves; what the module itself catches it passes by."""


def ends(failed):
    def end(self, *args, **results):
        message = {'msg': args[0]} if args else {}
        raise Ended({**message, **results, 'failed': failed})
    return end


basic.AnsibleModule.exit_json = ends(False)
basic.AnsibleModule.fail_json = ends(True)


def run(name, args):
    collection, module = name.rsplit('.', 1)
    basic._ANSIBLE_ARGS = to_bytes(json.dumps({'ANSIBLE_MODULE_ARGS': args}))
    try:
        importlib.import_module(f'ansible_collections.{collection}.plugins.modules.{module}').main()
        return {'failed': True, 'msg': 'the module said nothing'}
    except Ended as ended:
        return ended.args[0]
    except Exception as error:  # a fault of the module's own
        return {'failed': True, 'msg': f'{type(error).__name__}: {error}'}


for line in sys.stdin:
    call = json.loads(line)
    answers.write(json.dumps(run(call['module'], call['args']), default=str) + '\n')
    answers.flush()
