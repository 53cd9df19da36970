"""The programs that are measured: where each is, how its files are written, and its command lines."""
import os

import formats

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '../../..'))
TOOLS = os.path.join(ROOT, os.environ.get('DNSCTL_TEST_TOOLS', 'target/test-tools'))


class Program:
    """`write` lays out a folder of files; `plan` and `apply` give a command line for it, to be started in that folder;
    `in_sync` tells what a plan saw: True for no change, False for changes, None for an error."""

    name = path = None
    environment = {'PDNS_API_KEY': formats.API_KEY}

    def missing(self):
        """Why it cannot run, or None."""
        return None if os.access(self.path or '', os.X_OK) else f'{self.path} is not there'


class Dnsctl(Program):
    name = 'dnsctl'
    path = os.path.abspath(os.environ.get('DNSCTL') or f'{ROOT}/target/release/dnsctl')

    def write(self, folder, zones, port, dns_port, latency):
        formats.write_dnsctl(folder, zones, port, dns_port)

    def plan(self, folder):
        return [self.path, 'plan', '--detailed-exitcode', '--config', f'{folder}/dnsctl.yaml']

    def in_sync(self, code, output):
        return {0: True, 2: False}.get(code)

    def apply(self, folder):
        return [self.path, 'apply', '--yes', '--config', f'{folder}/dnsctl.yaml']


class OctoDns(Program):
    name = 'octoDNS'
    path = f'{TOOLS}/octodns/bin/octodns-sync'

    def write(self, folder, zones, port, dns_port, latency):
        # Threads only cost on a fast server (one interpreter lock), and help when it is slow: the better one for each.
        formats.write_octodns(folder, zones, port, 8 if latency else 1)

    def plan(self, folder):
        return [self.path, '--config-file', f'{folder}/octodns.yaml']

    def in_sync(self, code, output):
        return None if code else 'No changes were planned' in output

    def apply(self, folder):
        return [*self.plan(folder), '--doit']


class DnsControl(Program):
    """Finds `dnsconfig.js` and `creds.json` in the folder where it is started."""
    name = 'dnscontrol'
    # The fastest for it, measured: one zone at a time waits for each answer, and its own limit of 100 connections
    # overruns PowerDNS's accept queue.
    mode = ['--cmode', 'all', '--cmax', '8']
    path = os.path.abspath(os.environ['DNSCONTROL']) if os.environ.get('DNSCONTROL') else None

    def missing(self):
        return super().missing() if self.path else 'give its path in DNSCONTROL to measure it'

    def write(self, folder, zones, port, dns_port, latency):
        formats.write_dnscontrol(folder, zones, port)

    def plan(self, folder):
        return [self.path, '--no-colors', 'preview', *self.mode]

    def in_sync(self, code, output):
        # Errors of a zone do not change its exit code.
        return None if code or 'completed with errors' in output else 'Done. 0 corrections.' in output

    def apply(self, folder):
        return [self.path, '--no-colors', 'push', *self.mode]


class Floor(Program):
    """Reads and parses every zone with eight requests in flight, and does nothing else."""
    name = 'floor'
    path = f'{ROOT}/target/release/floor'

    def command(self, port):
        return [self.path, f'http://127.0.0.1:{port}', '8']


PEERS = [OctoDns(), DnsControl()]
OURS, FLOOR = Dnsctl(), Floor()
MEASURE = f'{ROOT}/target/release/measure'
LATENCY_PROXY = f'{ROOT}/target/release/latency-proxy'
