"""A PowerDNS of our own on loopback ports, its log and its processor time; and the proxy that makes it slow."""
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from formats import API_KEY, powerdns_rrsets

TICKS = os.sysconf('SC_CLK_TCK')


class Port:
    """A port of 127.0.0.1 that no other benchmark or test takes: the tests lock ports in the same way."""

    def __init__(self):
        while True:
            self.number = random.randrange(10000, 32000)
            self.lock = socket.socket()
            try:
                self.lock.bind(('127.99.83.1', self.number))
                self.lock.listen()
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(type=kind) as probe:
                        probe.bind(('127.0.0.1', self.number))
                return
            except OSError:
                self.lock.close()


class PowerDns:
    """An empty server on two ports; use it in a `with` statement."""

    def __init__(self, dns, api):
        self.folder = tempfile.mkdtemp(prefix='dnsctl-bench-')
        self.dns, self.api = dns, api
        settings = {
            'launch': 'lmdb', 'lmdb-filename': f'{self.folder}/zones.lmdb', 'lmdb-shards': 1, 'lmdb-sync-mode': 'nosync',
            # Without it, zones created at the same moment get mixed up; dnsctl then creates them one at a time.
            'lmdb-random-ids': 'yes',
            'daemon': 'no', 'guardian': 'no', 'disable-syslog': 'yes', 'write-pid': 'no', 'socket-dir': self.folder,
            'local-address': '127.0.0.1', 'local-port': self.dns.number, 'api': 'yes', 'api-key': API_KEY,
            'webserver': 'yes', 'webserver-address': '127.0.0.1', 'webserver-port': self.api.number,
            'webserver-allow-from': '127.0.0.1', 'webserver-loglevel': 'normal', 'loglevel': 5,
            # Not the default of 2: octoDNS writes 100,000 RRsets in one request.
            'webserver-max-bodysize': 256,
            'query-cache-ttl': 0, 'cache-ttl': 0, 'negquery-cache-ttl': 0, 'zone-cache-refresh-interval': 0,
        }
        with open(f'{self.folder}/pdns.conf', 'w') as file:
            file.writelines(f'{name}={value}\n' for name, value in settings.items())
        path = os.environ.get('PATH', '') + ':/usr/local/sbin:/usr/sbin'
        program = shutil.which('pdns_server', path=path)
        if not program:
            raise SystemExit('pdns_server is not installed (package pdns-server); run tests/setup')
        self.log = open(f'{self.folder}/log', 'wb')
        command = ['setpriv', '--pdeathsig', 'KILL', '--', program, f'--config-dir={self.folder}']
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.request('GET', '')
                return
            except (OSError, urllib.error.URLError):
                if time.monotonic() > deadline or self.process.poll() is not None:
                    with open(f'{self.folder}/log') as log:
                        raise SystemExit(f'PowerDNS did not start:\n{log.read()}')
                time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method, path, body=None):
        url = f'http://127.0.0.1:{self.api.number}/api/v1/servers/localhost{path}'
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {'X-API-Key': API_KEY}, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read() or b'null')

    def load(self, zones):
        """Makes the zones by the API, for the rows that do not write them themselves."""
        for name, rrsets in zones.items():
            sets = [{'name': owner, 'type': kind, 'ttl': ttl, 'changetype': 'REPLACE',
                     'records': [{'content': content, 'disabled': False} for content in contents]}
                    for (owner, kind), (ttl, contents) in powerdns_rrsets(name, rrsets).items()]
            self.request('POST', '/zones', {'name': name, 'kind': 'Native', 'nameservers': [], 'rrsets': sets})

    def differences(self, zones):
        """What the server holds against what it should hold: a list of words, empty when equal. SOA is not compared."""
        found = []
        listed = {zone['name'] for zone in self.request('GET', '/zones')}
        if listed != set(zones):
            found.append(f'{len(listed)} zones, expected {len(zones)}')
        for name in sorted(listed & set(zones)):
            held = {(r['name'], r['type']): (r['ttl'], {record['content'] for record in r['records']})
                    for r in self.request('GET', f'/zones/{name}')['rrsets'] if r['type'] != 'SOA'}
            wanted = powerdns_rrsets(name, zones[name])
            for key in sorted(held.keys() | wanted.keys()):
                if held.get(key) != wanted.get(key):
                    found.append(f'{key[0]} {key[1]}: holds {held.get(key)}, expected {wanted.get(key)}')
        return found

    def requests(self):
        """How many requests it has answered: one line of its log each. Waits until the log is quiet."""
        count = -1
        while True:
            with open(f'{self.folder}/log', 'rb') as log:
                now = sum(b'[webserver]' in line and b' HTTP/1.' in line for line in log)
            if now == count:
                return now
            count = now
            time.sleep(0.05)

    def cpu(self):
        with open(f'/proc/{self.process.pid}/stat') as file:
            fields = file.read().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


class Latency:
    """The latency proxy in front of a port; use it in a `with` statement. Without latency there is no proxy."""

    def __init__(self, program, port, milliseconds):
        self.process, self.port = None, port
        if milliseconds:
            command = ['setpriv', '--pdeathsig', 'KILL', '--', program, str(port), str(milliseconds)]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process:
            self.process.communicate()
